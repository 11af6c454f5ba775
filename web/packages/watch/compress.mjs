// Leaves .br and .gz beside each built text file, so that the server compresses nothing while people watch.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = new URL('./dist/', import.meta.url);
const options = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
for (const name of readdirSync(dist, { recursive: true })) {
  if (!/\.(js|css|svg)$/.test(name)) continue;
  const file = new URL(name, dist);
  const text = readFileSync(file);
  writeFileSync(`${file.pathname}.br`, brotliCompressSync(text, options));
  writeFileSync(`${file.pathname}.gz`, gzipSync(text, { level: 9 }));
}
