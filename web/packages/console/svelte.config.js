import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { staticWithoutInlineScript } from './static-adapter.js';

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  kit: {
    adapter: staticWithoutInlineScript({ fallback: 'index.html' }),
    paths: { base: '/console', relative: false },
    alias: { $locales: '../../../locales' },
  },
};
