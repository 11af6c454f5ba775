import { readFileSync, readdirSync } from 'node:fs';
import { FluentResource } from '@fluent/bundle';
import { Words } from '@livefair/ui/fluent.ts';
import { readWords } from '@livefair/ui/read-words.ts';
import { Said } from '@livefair/ui/said.ts';
import { expect, test } from 'vitest';

const FILES = ['watch', 'problems', 'units'];
const locales = new URL('../../../../locales/', import.meta.url);
const read = (lang: string, file: string) => readFileSync(new URL(`${lang}/${file}.ftl`, locales), 'utf8');
const said = (lang: string) => new Said(lang, readWords(FILES.map((file) => read(lang, file))));
const variables = (message: FluentResource['body'][number]) =>
  [...new Set([...JSON.stringify(message).matchAll(/"type":"var","name":"(\w+)"/g)].map(([, name]) => name!))].sort();
// Languages without a plural need not name the count.
const shape = (text: string) =>
  new FluentResource(text).body.map((message) => `${message.id} ${variables(message).filter((name) => name !== 'count').join(' ')}`).sort();
const langs = ['zh-CN', 'es', 'ja'];
const src = new URL('./', import.meta.url);
const code = [src, new URL('lib/', src)].flatMap((folder) =>
  readdirSync(folder).filter((name) => /\.(svelte|ts)$/.test(name) && !name.includes('.test.')).map((name) => readFileSync(new URL(name, folder), 'utf8'))).join('\n');

test.each(langs.flatMap((lang) => FILES.map((file) => [lang, file])))('%s %s has the messages and variables of en', (lang, file) => {
  expect(shape(read(lang!, file!))).toEqual(shape(read('en', file!)));
});

test('no message is given twice', () => {
  const ids = FILES.flatMap((file) => new FluentResource(read('en', file)).body.map(({ id }) => id));
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
});

test('every message the pages name exists', () => {
  const words = said('en');
  const named = [...code.matchAll(/\bt\('([\w-]+)'/g)].map(([, id]) => id!);
  expect(named.length).toBeGreaterThan(60);
  expect(named.filter((id) => !words.has(id))).toEqual([]);
});

test.each(['en', ...langs])('%s: what the page carries says what Fluent says', (lang) => {
  const fluent = new Words(lang, FILES.map((file) => read(lang, file)));
  const page = said(lang);
  for (const message of FILES.flatMap((file) => new FluentResource(read(lang, file)).body)) {
    const named = variables(message);
    for (const count of named.includes('count') ? [0, 1, 2, 5, 11, 21, 1.5, 1_000_000] : [1]) {
      const args = Object.fromEntries(named.map((name) => [name, name === 'count' ? count : name === 'state' ? 'quoted' : `<${name}>`]));
      expect(page.t(message.id, args)).toBe(fluent.t(message.id, args));
    }
  }
});

test('the longest and the shortest plural read well', () => {
  const bare = (text: string) => text.replaceAll(/[\u2068\u2069]/g, '');
  const words = said('es');
  expect(bare(words.t('offer-left', { count: 1, shown: '1', total: '200' }))).toBe('Queda 1 de 200');
  expect(bare(words.t('viewers', { count: 48211, shown: '48.211' }))).toBe('48.211 personas viendo');
});

test('state is never a deep proxy: its code would be a part of every first load', () => {
  expect(code.match(/\$state(<[^=]*>)?\(/g)?.filter((use) => !use.includes('.raw')) ?? []).toEqual([]);
});
