/** The console's words in the reader's language. The sentences stand in `console.ftl` of each locale. */

import { number, setWords, Words, type Args } from '@livefair/ui';
import english from '../../../../../locales/en/console.ftl?raw';

/** The languages of the interface, each by its own name. */
export const LANGUAGES = { 'zh-CN': '简体中文', en: 'English', es: 'Español', ja: '日本語' } as const;
export type Language = keyof typeof LANGUAGES;

const others: Record<Exclude<Language, 'en'>, () => Promise<{ default: string }>> = {
  'zh-CN': () => import('../../../../../locales/zh-CN/console.ftl?raw'),
  es: () => import('../../../../../locales/es/console.ftl?raw'),
  ja: () => import('../../../../../locales/ja/console.ftl?raw'),
};

const fallback = new Words('en', [english]);

class Speech {
  language = $state<Language>('en');
  #words = $state.raw(fallback);

  /** Loads a language and makes it the reader's. */
  async speak(language: Language): Promise<void> {
    this.#words = language === 'en' ? fallback : new Words(language, [(await others[language]()).default]);
    this.language = language;
    setWords(this.#words);
    document.documentElement.lang = language;
    document.cookie = `lf_lang=${language}; path=/; max-age=31536000; samesite=lax`;
  }

  say(id: string, args?: Args): string {
    return this.#words.has(id) ? this.#words.t(id, args) : fallback.t(id, args);
  }

  has(id: string): boolean {
    return fallback.has(id);
  }

  /** A text in the reader's language, else in English, else in any. */
  of(texts: Record<string, string> | undefined): string {
    return texts?.[this.language] ?? texts?.en ?? Object.values(texts ?? {})[0] ?? '';
  }

  number(value: number): string {
    return number(value, this.language);
  }
}

export const words = new Speech();

/** The sentence with this id. */
export const t = (id: string, args?: Args): string => words.say(id, args);

/** The first language that the reader asked for and the console speaks. */
export function negotiate(cookie: string, wanted: readonly string[]): Language {
  const kept = /(?:^|; )lf_lang=([\w-]+)/.exec(cookie)?.[1];
  for (const tag of [...(kept ? [kept] : []), ...wanted]) {
    const found = (Object.keys(LANGUAGES) as Language[]).find((language) => language.split('-')[0] === tag.split('-')[0]);
    if (found) return found;
  }
  return 'en';
}
