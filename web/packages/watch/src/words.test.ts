import { readFileSync, readdirSync } from 'node:fs';
import { FluentResource } from '@fluent/bundle';
import { Words } from '@livefair/ui/words.ts';
import { expect, test } from 'vitest';

const locales = new URL('../../../../locales/', import.meta.url);
const read = (lang: string, file: string) => readFileSync(new URL(`${lang}/${file}.ftl`, locales), 'utf8');
const shape = (text: string) =>
  new FluentResource(text).body.map((message) => {
    const vars = [...JSON.stringify(message).matchAll(/"type":"var","name":"(\w+)"/g)].map(([, name]) => name);
    return `${message.id} ${[...new Set(vars)].sort().join(' ')}`;
  }).sort();
const langs = ['zh-CN', 'es', 'ja'];
const src = new URL('./', import.meta.url);
const code = [src, new URL('lib/', src)].flatMap((folder) =>
  readdirSync(folder).filter((name) => /\.(svelte|ts)$/.test(name) && !name.includes('.test.')).map((name) => readFileSync(new URL(name, folder), 'utf8'))).join('\n');

test.each(langs.flatMap((lang) => [[lang, 'watch'], [lang, 'problems']]))('%s %s has the messages and variables of en', (lang, file) => {
  expect(shape(read(lang!, file!))).toEqual(shape(read('en', file!)));
});

test('no message is given twice', () => {
  for (const file of ['watch', 'problems']) {
    const ids = new FluentResource(read('en', file)).body.map(({ id }) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  }
});

test('every message the pages name exists', () => {
  const words = new Words('en', [read('en', 'watch'), read('en', 'problems')]);
  const named = [...code.matchAll(/\bt\('([\w-]+)'/g)].map(([, id]) => id!);
  expect(named.length).toBeGreaterThan(60);
  expect(named.filter((id) => !words.has(id))).toEqual([]);
});

test('the longest and the shortest plural read well', () => {
  const words = new Words('es', [read('es', 'watch')], false);
  expect(words.t('offer-left', { count: 1, shown: '1', total: '200' })).toBe('Queda 1 de 200');
  expect(words.t('viewers', { count: 48211, shown: '48.211' })).toBe('48.211 personas viendo');
});
