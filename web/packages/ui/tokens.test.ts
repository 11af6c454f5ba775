import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = [css.slice(0, css.indexOf('@media')), css.slice(css.indexOf("[data-theme='dark']"))];
const value = (theme: string, name: string) => new RegExp(`--${name}:\\s*(#[0-9a-f]{6})`).exec(theme)?.[1] ?? '';

/** WCAG 2.2 relative luminance. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [hi = 0, lo = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (hi + 0.05) / (lo + 0.05);
}

const pairs = [
  ...['ink', 'muted', 'cobalt', 'vermilion', 'jade', 'amber'].flatMap((text) => [[text, 'paper'], [text, 'surface']]),
  ['on-cobalt', 'cobalt'], ['on-cobalt', 'cobalt-hover'], ['on-vermilion', 'vermilion'], ['on-jade', 'jade'],
  ['cobalt', 'cobalt-tint'], ['vermilion', 'vermilion-tint'], ['jade', 'jade-tint'], ['amber', 'amber-tint'],
  ['ink', 'cobalt-tint'], ['ink', 'vermilion-tint'], ['ink', 'amber-tint'], ['ink', 'jade-tint'],
];
for (const [name, theme] of [['light', light], ['dark', dark]] as const) {
  test.each(pairs)(`${name}: %s on %s reads at 4.5:1`, (text, ground) => {
    expect(contrast(value(theme, text!), value(theme, ground!))).toBeGreaterThanOrEqual(4.5);
  });
  test(`${name}: field borders stand out at 3:1`, () => {
    expect(contrast(value(theme, 'field-line'), value(theme, 'surface'))).toBeGreaterThanOrEqual(3);
  });
}

test('both ways to dark say the same', () => {
  const tokens = (text: string) => [...text.matchAll(/--[a-z-]+:[^;]+;/g)].map(([t]) => t);
  const media = css.slice(css.indexOf('@media'), css.indexOf('/* A theme'));
  const chosen = css.slice(css.indexOf("[data-theme='dark']"), css.indexOf('/* One stack'));
  expect(tokens(chosen)).toEqual(tokens(media));
});
