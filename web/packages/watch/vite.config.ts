import { readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { readWords } from '../ui/read-words.ts';

const LOCALES = new URL('../../../locales/', import.meta.url);
const FILES = ['watch', 'problems', 'units'];

/** Leaves `words/{lang}.json` in `dist`: the words of a page, read already, which the shell puts into it. */
function words(): Plugin {
  return {
    name: 'words',
    generateBundle() {
      for (const lang of ['en', 'zh-CN', 'es', 'ja']) {
        const texts = FILES.map((file) => readFileSync(new URL(`${lang}/${file}.ftl`, LOCALES), 'utf8'));
        const source = JSON.stringify(readWords(texts)).replaceAll('<', '\\u003c');
        this.emitFile({ type: 'asset', fileName: `words/${lang}.json`, source });
      }
    },
  };
}

// Parts of the tools that these pages never need, and what stands in for them. A name that a newer version adds fails the build.
const UNUSED = {
  // Chunks bring no styles and the shell preloads their scripts: what Vite wraps around `import()` has nothing to do.
  'vite/preload-helper.js': 'export const __vitePreload = (load) => load();',
  // State is always `$state.raw`; a test sees to it.
  'svelte/src/internal/client/proxy.js': 'export const proxy = (value) => value, get_proxied_value = proxy, is = Object.is;',
  // Pages are drawn anew over the shell, never hydrated.
  'svelte/src/internal/client/dom/hydration.js': `
    export const hydrating = false, hydrate_node = null;
    const nothing = () => {};
    export { nothing as set_hydrating, nothing as set_hydrate_node, nothing as hydrate_next, nothing as reset, nothing as hydrate_template,
      nothing as next, nothing as skip_nodes, nothing as remove_nodes, nothing as read_hydration_instruction };`,
};

function lean(): Plugin {
  const files = Object.entries(UNUSED);
  return { name: 'lean', enforce: 'pre', load: (id) => files.find(([end]) => id.endsWith(end))?.[1] };
}

export default defineConfig({
  plugins: [svelte(), words(), lean()],
  base: '/assets/watch/',
  build: {
    manifest: 'manifest.json',
    target: 'es2022',
    modulePreload: false,
    rolldownOptions: {
      input: ['src/watch.ts', 'src/deal.ts', 'src/sign-in.ts', 'src/shell.css'],
    },
  },
});
