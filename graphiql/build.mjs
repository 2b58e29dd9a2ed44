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

// The docs' search looks at names. Where none matches it is to look at descriptions, which have the screen's Spanish terms.
const searchInDescriptions = {
  name: 'search-in-descriptions',
  setup: ({ onLoad }) =>
    onLoad({ filter: /plugin-doc-explorer\/dist\/components\/search\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8');
      for (const [before, after] of [
        ['t1 = (searchValue) => {', 't1 = (searchValue, inWords) => {'],
        ['isMatch(typeName, searchValue)', 'isMatch(inWords ? type.description : typeName, searchValue)'],
        ['isMatch(fieldName, searchValue)', 'isMatch(inWords ? field.description : fieldName, searchValue)'],
        ['isMatch(arg.name, searchValue)', 'isMatch(inWords ? arg.description : arg.name, searchValue)'],
        ['      return matches;\n    };', '      return inWords || Object.values(matches).some((each) => each.length) ? matches : t1(searchValue, true);\n    };'],
        ['function isMatch(sourceText, searchValue) {', `const fold = (text) => (text ?? "").normalize("NFD").replace(/\\p{M}/gu, "");
function isMatch(source, value) {
  const sourceText = fold(source), searchValue = fold(value);`],
      ]) {
        if (contents.split(before).length !== 2) throw new Error(`error: ${path} has not once: ${before}`);
        contents = contents.replace(before, () => after);
      }
      return { contents, loader: 'js' };
    }),
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
    plugins: [oneCopyOfMonacoStyles, searchInDescriptions],
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
  },
);

const template = await readFile('src/index.html', 'utf8');
await writeFile(
  join(out, 'index.html'),
  template.replace('{{script}}', graphiql.script).replace('{{style}}', graphiql.style),
);
