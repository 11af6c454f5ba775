// The first load of each page: every script in the static import closure of its entry, gzip -9. hls.js and the dialogs
// come later and must not be in it. Run after `npm run build`.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT_BYTES = 30_000;
const dist = new URL('./dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('manifest.json', dist), 'utf8'));
const gz = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
const write = (line) => process.stdout.write(`${line}\n`);

function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

const hls = Object.keys(manifest).filter((key) => /hls\.js/.test(key) || /hls/.test(manifest[key].name ?? ''));
let failed = false;
const refuse = (why) => {
  failed = true;
  write(`  refused: ${why}`);
};

// The words of one language stand in the page itself (text, not script): the heaviest is told beside.
const words = Object.keys(manifest).filter((key) => /\.ftl(\?raw)?$/.test(key));
const byLang = new Map();
for (const key of words) {
  const lang = key.split('/').at(-2);
  byLang.set(lang, (byLang.get(lang) ?? 0) + gz(manifest[key].file));
}
const heaviest = Math.max(0, ...byLang.values());

for (const entry of ['src/watch.ts', 'src/deal.ts', 'src/sign-in.ts']) {
  const files = [...closure(entry)].map((key) => manifest[key].file).filter((file) => file.endsWith('.js'));
  const code = files.reduce((sum, file) => sum + gz(file), 0);
  write(`${entry}: ${code} B gz of scripts (limit ${LIMIT_BYTES}); words in the page: ${heaviest} B`);
  for (const file of files) write(`  ${gz(file)} ${file} (${statSync(new URL(file, dist)).size} B)`);
  if (code > LIMIT_BYTES) refuse(`more than ${LIMIT_BYTES} B`);
  if (files.some((file) => hls.some((key) => manifest[key].file === file))) refuse('hls.js is in the first load');
  if (files.some((file) => /MEDIA_ATTACHING|hlsMediaAttaching/.test(readFileSync(new URL(file, dist), 'utf8')))) refuse('code of hls.js is in the first load');
}
write('after the first paint:');
for (const key of Object.keys(manifest).filter((name) => manifest[name].isDynamicEntry && !name.includes('.ftl'))) write(`  ${gz(manifest[key].file)} ${manifest[key].file}`);
if (!hls.length) refuse('hls.js is not built as a file of its own');
if (readdirSync(dist, { recursive: true }).some((file) => file.endsWith('.map'))) refuse('source maps are in dist');
process.exitCode = failed ? 1 : 0;
