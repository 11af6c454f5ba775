/**
 * The console's words in the reader's language: `console.ftl` of each locale, the refusals that it has in common with the
 * buyers' pages from `problems.ftl`, and the units of trade from `units.ftl`.
 */

import { number, setWords, Words, type Args } from '@livefair/ui';
import english from '../../../../../locales/en/console.ftl?raw';
import englishProblems from '../../../../../locales/en/problems.ftl?raw';
import englishUnits from '../../../../../locales/en/units.ftl?raw';

/** The languages of the interface, each by its own name. */
export const LANGUAGES = { 'zh-CN': '简体中文', en: 'English', es: 'Español', ja: '日本語' } as const;
export type Language = keyof typeof LANGUAGES;

interface Texts { console: string; problems: string; units: string }

const texts = import.meta.glob<string>(['../../../../../locales/*/{console,problems,units}.ftl', '!**/en/*'], { query: '?raw', import: 'default' });

async function textsOf(language: Language): Promise<Texts> {
  if (language === 'en') return { console: english, problems: englishProblems, units: englishUnits };
  const text = (name: keyof Texts) => texts[`../../../../../locales/${language}/${name}.ftl`]?.() ?? '';
  const [console, problems, units] = await Promise.all([text('console'), text('problems'), text('units')]);
  return { console, problems, units };
}

/** Refusals have a bundle of their own: their names are codes, which may be those of other words. */
function spoken(language: Language, { console, problems, units }: Texts): { words: Words; problems: Words } {
  return { words: new Words(language, [console, units]), problems: new Words(language, [problems]) };
}

const fallback = spoken('en', { console: english, problems: englishProblems, units: englishUnits });

class Speech {
  language = $state<Language>('en');
  #now = $state.raw(fallback);
  #turn = 0;

  /** Loads a language and makes it the reader's; one that they chose is kept in this browser. */
  async speak(language: Language, isChosen = false): Promise<void> {
    const turn = ++this.#turn;
    const now = language === 'en' ? fallback : spoken(language, await textsOf(language));
    if (turn !== this.#turn) return; // another language was asked for meanwhile
    this.#now = now;
    this.language = language;
    setWords(this.#now.words);
    document.documentElement.lang = language;
    if (isChosen) document.cookie = `lf_lang=${language}; path=/; max-age=31536000; samesite=lax`;
  }

  say(id: string, args?: Args): string {
    const { words } = this.#now;
    return words.has(id) ? words.t(id, args) : fallback.words.t(id, args);
  }

  has(id: string): boolean {
    return fallback.words.has(id);
  }

  /** The sentence of a refusal that the buyers' pages know too, if there is one. */
  problem(code: string, facts: Args): string | undefined {
    const known = [this.#now.problems, fallback.problems].find((problems) => problems.has(code));
    return known?.t(code, facts);
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

/** The language that was chosen in this browser. */
export function chosenIn(cookie: string): string | undefined {
  return /(?:^|; )lf_lang=([\w-]+)/.exec(cookie)?.[1];
}

/** The first of these that the console speaks. */
export function negotiate(wanted: readonly (string | undefined)[]): Language {
  for (const tag of wanted) {
    const found = (Object.keys(LANGUAGES) as Language[]).find((language) => language.split('-')[0] === tag?.split('-')[0]);
    if (found) return found;
  }
  return 'en';
}

/**
 * What to speak to somebody: what was chosen in this browser, else what their account says, else what the browser asks
 * for. English is also what an account says whose language nobody chose, so the browser is heard before it.
 */
export function languageFor(cookie: string, account: string | undefined, wanted: readonly string[]): Language {
  return negotiate([chosenIn(cookie), account === 'en' ? undefined : account, ...wanted]);
}
