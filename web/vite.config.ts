// One page and its chunks, named by their content. The server puts the page's base address and its start into index.html.
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

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
  resolve: { dedupe: ['oauth4webapi'] }, // graphiql/src/session.js signs in here too, with this folder's packages
  build: { target: 'es2022', emptyOutDir: true, modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
});
