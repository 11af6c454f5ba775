import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

// The running `livefair` that `npm run dev` asks.
const server = process.env.CONSOLE_SERVER ?? 'http://127.0.0.1:8080';

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
