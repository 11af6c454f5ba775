import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [svelte()],
  base: '/assets/watch/',
  build: {
    manifest: 'manifest.json',
    target: 'es2022',
    modulePreload: false,
    rolldownOptions: {
      input: ['src/watch.ts', 'src/deal.ts', 'src/sign-in.ts', 'src/shell.css'],
      // Small shared files cost more as files than as bytes: one for what both pages need at once.
      output: { codeSplitting: { groups: [{ name: 'shared', test: /packages\/(ui\/(format|words|uuid|icons|room\/view)|api|watch\/src\/lib\/(words|buyer|boot))|preload-helper|@fluent|node_modules\/svelte/, minShareCount: 2 }] } },
    },
  },
});
