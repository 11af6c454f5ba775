import { expect, test, vi } from 'vitest';
import { languageFor, words } from './words.svelte';

test('a language chosen in this browser comes before the account, the account before the browser', () => {
  expect(languageFor('a=1; lf_lang=es', 'ja', ['zh-CN'])).toBe('es');
  expect(languageFor('a=1', 'ja', ['zh-CN'])).toBe('ja');
  expect(languageFor('', 'zh-CN', ['en-GB'])).toBe('zh-CN');
  expect(languageFor('', undefined, ['fr', 'es-MX'])).toBe('es');
  expect(languageFor('', undefined, ['fr'])).toBe('en');
});

test('an account whose language nobody chose follows the browser', () => {
  expect(languageFor('', 'en', ['zh-CN'])).toBe('zh-CN');
});

test('each language brings its own refusals and units; only a choice is kept in the browser, and the last one asked for is spoken', async () => {
  const page = { documentElement: { lang: '' }, cookie: '' };
  vi.stubGlobal('document', page);
  for (const [language, sku, pieces] of [['zh-CN', '货号', '件'], ['es', 'referencia', 'unidad'], ['ja', '品番', '個']] as const) {
    await words.speak(language);
    expect(words.problem('sku-taken', {}), language).toMatch(/./);
    expect(words.problem('sku-taken', {}), language).not.toMatch(/^Another/);
    expect(words.say('sku'), language).toMatch(new RegExp(sku, 'i'));
    expect(words.say('unit-h87', { count: 1 }), language).toMatch(new RegExp(pieces));
  }
  expect(page.cookie).toBe('');
  await words.speak('es', true);
  expect(page.cookie).toContain('lf_lang=es');
  await Promise.all([words.speak('ja'), words.speak('en')]);
  expect([words.language, words.say('save')]).toEqual(['en', 'Save']);
  vi.unstubAllGlobals();
});
