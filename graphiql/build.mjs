// Bundles the page and Monaco's three workers: `node build.mjs OUT` fills OUT with index.html and assets/.
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const out = process.argv[2];

// graphiql/style.css already holds Monaco's styles and fonts; a second copy would come from Monaco's own modules.
const oneCopyOfMonacoStyles = {
  name: 'one-copy-of-monaco-styles',
  setup: ({ onLoad }) => onLoad({ filter: /monaco-editor.*\.css$/ }, () => ({ contents: '', loader: 'empty' })),
};

/** Bundle `entryPoints` ({name: module}) into {name: {script, style}}, file names that hold their content's hash. */
async function bundle(entryPoints, { define, ...options }) {
  const { metafile } = await build({
    entryPoints,
    bundle: true,
    minify: true,
    metafile: true,
    target: 'es2022',
    outdir: join(out, 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    plugins: [oneCopyOfMonacoStyles],
    define: { 'process.env.NODE_ENV': '"production"', ...define },
    legalComments: 'linked',
    logLevel: 'error',
    ...options,
  });
  const nameOf = Object.fromEntries(Object.entries(entryPoints).map(([name, module]) => [module, name]));
  return Object.fromEntries(
    Object.entries(metafile.outputs)
      .filter(([file, { entryPoint }]) => entryPoint in nameOf && file.endsWith('.js'))
      .map(([file, { entryPoint, cssBundle = '' }]) => [
        nameOf[entryPoint],
        { script: basename(file), style: basename(cssBundle) },
      ]),
  );
}

// Workers first: the page has to know their names. They are classic scripts, each whole in one file.
const workers = await bundle(
  {
    editor: 'node_modules/monaco-editor/esm/vs/editor/editor.worker.js',
    json: 'node_modules/monaco-editor/esm/vs/language/json/json.worker.js',
    graphql: 'node_modules/monaco-graphql/esm/graphql.worker.js',
  },
  { format: 'iife' },
);

const { graphiql } = await bundle(
  { graphiql: 'src/main.jsx' },
  {
    format: 'esm',
    splitting: true,
    jsx: 'automatic',
    define: { WORKERS: JSON.stringify(workers) },
    // By the names GraphiQL loads these by, Prettier answers with CommonJS, in which esbuild finds no named exports:
    // Prettify would fail (graphql/graphiql issue 4092).
    alias: {
      'prettier/parser-babel': 'prettier/plugins/babel',
      'prettier/parser-graphql': 'prettier/plugins/graphql',
    },
    external: ['graphql-ws'], // the toolkit loads it for subscriptions over a WebSocket, whose URL we do not give
  },
);

const template = await readFile('src/index.html', 'utf8');
await writeFile(
  join(out, 'index.html'),
  template.replace('{{script}}', graphiql.script).replace('{{style}}', graphiql.style),
);
