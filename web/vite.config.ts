// One page and its chunks, named by their content. The server puts the page's base address and its start into index.html.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  base: './', // chunks find each other from wherever they are served
  plugins: [react()],
  resolve: { dedupe: ['oauth4webapi'] }, // graphiql/src/session.js signs in here too, with this folder's packages
  build: { target: 'es2022', emptyOutDir: true, modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
});
