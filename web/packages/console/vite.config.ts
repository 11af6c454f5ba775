import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

const server = process.env.LIVEFAIR_HTTP ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [sveltekit()],
  server: {
    fs: { allow: ['../../..'] },
    proxy: {
      '/api': server,
      '/live': server,
      '/pictures': server,
      '/rooms': { target: server, ws: true },
    },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
