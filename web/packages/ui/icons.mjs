// Draws the icons the buyers' pages use as static components: `npm run icons`. The console takes @lucide/svelte, whose
// run-time part alone is a sixth of what a buyer may load.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const NAMES = ['calendar-plus', 'circle-check', 'maximize', 'pause', 'play', 'radio', 'send', 'timer', 'users', 'volume-2', 'volume-x', 'wifi-off', 'x'];
const require = createRequire(import.meta.url);
const out = new URL('./icons/', import.meta.url);
mkdirSync(out, { recursive: true });
for (const name of NAMES) {
  const svg = readFileSync(require.resolve(`lucide-static/icons/${name}.svg`), 'utf8');
  const inner = svg.replace(/^[\s\S]*?<svg[^>]*>/, '').replace('</svg>', '').replace(/\s*\n\s*/g, '').trim();
  const file = name.replace(/(^|-)(\w)/g, (_, __, letter) => letter.toUpperCase());
  writeFileSync(new URL(`${file}.svelte`, out), `<script lang="ts"></script>\n\n<svg class="lf-icon" viewBox="0 0 24 24" aria-hidden="true">${inner}</svg>\n`);
}
