// One page and its chunks, named by their content. The server puts the page's base address and its start into index.html.
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const KIT = fileURLToPath(new URL('../clients/typescript/src', import.meta.url));

const EMPTY = '\0no-strings';

/** React Aria carries its strings in thirty languages; the page speaks two. */
const ownLanguages: Plugin = {
  name: 'own-languages',
  enforce: 'pre',
  resolveId: (source) => (/\/intl\/.*\/(?!es-ES|en-US)[a-z]{2}-[A-Z]{2}\.mjs$/.test(source) ? EMPTY : undefined),
  load: (id) => (id === EMPTY ? 'export default {};' : undefined),
};

export default defineConfig({
  base: './', // chunks find each other from wherever they are served
  plugins: [ownLanguages, react()],
  resolve: {
    alias: [
      { find: /^ficha-client$/, replacement: `${KIT}/index.ts` },
      { find: /^ficha-client\/(.*)$/, replacement: `${KIT}/$1.ts` },
      { find: 'graphql', replacement: '@0no-co/graphql.web' }, // what urql parses with
    ],
    // Sources outside of this folder, the kit's and graphiql/src/session.js, take its packages.
    dedupe: ['@0no-co/graphql.web', '@urql/exchange-graphcache', 'graphql-ws', 'oauth4webapi'],
  },
  build: { target: 'es2022', emptyOutDir: true, modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
});
