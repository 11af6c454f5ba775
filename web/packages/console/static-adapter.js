import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import adapter from '@sveltejs/adapter-static';

/**
 * adapter-static, with the page's start script moved into a file of its own, so that the server's
 * `script-src 'self'` needs no hash that changes with every build.
 *
 * @param {{ fallback: string }} options
 * @returns {import('@sveltejs/kit').Adapter}
 */
export function staticWithoutInlineScript(options) {
  const inner = adapter({ ...options, precompress: true });
  return {
    ...inner,
    name: 'static-without-inline-script',
    async adapt(builder) {
      await inner.adapt(builder);
      const { base } = builder.config.kit.paths;
      const { appDir } = builder.config.kit;
      const page = `build/${options.fallback}`;
      const html = readFileSync(page, 'utf8').replace(/<script>([\s\S]*?)<\/script>/, (_, /** @type {string} */ code) => {
        const name = `${appDir}/immutable/start.${createHash('sha256').update(code).digest('hex').slice(0, 8)}.js`;
        write(`build/${name}`, code);
        return `<script src="${base}/${name}"></script>`;
      });
      write(page, html);
    },
  };
}

/** @param {string} path @param {string} text */
function write(path, text) {
  writeFileSync(path, text);
  writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }));
  writeFileSync(`${path}.br`, brotliCompressSync(text));
}
