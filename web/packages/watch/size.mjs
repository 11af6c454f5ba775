// The first load of each page: every script a page takes by itself, gzip -9. That is the static import closure of its
// entry and every chunk it asks for unasked; only what a deed or a fault brings (below) comes later. Run after
// `npm run build`; `e2e/journeys/first-load.spec.ts` measures the same in a browser.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT_BYTES = 30_000;
/** What is fetched when it is wanted: the player's engine, the dialogs, the way around a blocked WebSocket. */
const ON_DEMAND = [/hls\.light/, /src\/dialogs\.ts$/, /room\/events\.ts$/];
const dist = new URL('./dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('manifest.json', dist), 'utf8'));
const gz = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
const write = (line) => process.stdout.write(`${line}\n`);

function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  const asked = (manifest[key].dynamicImports ?? []).filter((next) => !ON_DEMAND.some((later) => later.test(next)));
  for (const next of [...(manifest[key].imports ?? []), ...asked]) closure(next, seen);
  return seen;
}

let failed = false;
const refuse = (why) => {
  failed = true;
  write(`  refused: ${why}`);
};

// The words of one language stand in the page itself (text, not script): the heaviest is told beside.
const words = Math.max(...readdirSync(new URL('words/', dist)).filter((name) => name.endsWith('.json')).map((name) => gz(`words/${name}`)));
for (const entry of ['src/watch.ts', 'src/deal.ts', 'src/sign-in.ts']) {
  const files = [...closure(entry)].map((key) => manifest[key].file).filter((file) => file.endsWith('.js'));
  const code = files.reduce((sum, file) => sum + gz(file), 0);
  write(`${entry}: ${code} B gz of scripts (limit ${LIMIT_BYTES}); words in the page: ${words} B`);
  for (const file of files) write(`  ${gz(file)} ${file} (${statSync(new URL(file, dist)).size} B)`);
  if (code > LIMIT_BYTES) refuse(`more than ${LIMIT_BYTES} B`);
  if (files.some((file) => /MEDIA_ATTACHING|hlsMediaAttaching/.test(readFileSync(new URL(file, dist), 'utf8')))) refuse('code of hls.js is in the first load');
}
write('on demand:');
for (const [key, { isDynamicEntry, file }] of Object.entries(manifest)) {
  if (!isDynamicEntry) continue;
  write(`  ${gz(file)} ${file}`);
  if (!ON_DEMAND.some((later) => later.test(key))) refuse(`${key} is loaded without being wanted`);
}
if (!Object.keys(manifest).some((key) => ON_DEMAND[0].test(key))) refuse('hls.js is not built as a file of its own');
if (readdirSync(dist, { recursive: true }).some((file) => file.endsWith('.map'))) refuse('source maps are in dist');
process.exitCode = failed ? 1 : 0;
