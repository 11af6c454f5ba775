import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../../../..');
const LOCALES = ['en', 'zh-CN', 'es', 'ja'];

/** The messages of a file: id, and the variables it uses. */
function messages(locale: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  let id = '';
  for (const line of readFileSync(join(ROOT, 'locales', locale, 'console.ftl'), 'utf8').split('\n')) {
    const start = /^([a-z][\w-]*) = /.exec(line);
    if (start?.[1]) {
      id = start[1];
      expect(found.has(id), `${locale}: ${id} stands twice`).toBe(false);
      found.set(id, new Set());
    }
    for (const [, name] of line.startsWith('#') ? [] : line.matchAll(/\{ ?\$(\w+)/g)) if (name) found.get(id)?.add(name);
  }
  return found;
}

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.(svelte|ts)$/.test(name) && !name.endsWith('.test.ts') ? [readFileSync(path, 'utf8')] : [];
  });
}

const english = messages('en');
const code = sources(join(ROOT, 'web/packages/console/src')).join('\n');

test.each(LOCALES)('%s has the messages of en; a plural may leave its number out', (locale) => {
  const own = messages(locale);
  expect([...own.keys()].sort()).toEqual([...english.keys()].sort());
  const wrong = [...english].filter(([id, variables]) => {
    const used = own.get(id) ?? new Set();
    return [...used].some((name) => !variables.has(name)) || [...variables].some((name) => name !== 'count' && !used.has(name));
  });
  expect(wrong.map(([id]) => id)).toEqual([]);
});

test('every id in code exists', () => {
  const used = [...code.matchAll(/\bt\((?:'([\w-]+)'|[^)'`]*\? '([\w-]+)' : '([\w-]+)')/g)].flatMap((match) => match.slice(1).filter(Boolean));
  expect(used.length).toBeGreaterThan(150);
  expect([...new Set(used)].filter((id) => !english.has(id as string))).toEqual([]);
});

test('no message is unused', () => {
  const plain = new Set([...code.matchAll(/'([a-z][\w-]*)'/g)].map(([, id]) => id));
  const prefixes = [...code.matchAll(/`([a-z][\w-]*-)\$\{[^`]*\}((?:-[\w-]+)?)`/g)].map(([, start = '', end = '']) => ({ start, end }));
  const unused = [...english.keys()].filter((id) => !plain.has(id) && !prefixes.some(({ start, end }) => id.startsWith(start) && id.endsWith(end)));
  expect(unused).toEqual([]);
});
