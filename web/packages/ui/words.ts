// Words for people: one language per page, set once before anything is drawn. Who reads Fluent's text is `fluent.ts`
// (the console, which has it at hand) or `said.ts` (the buyers' pages, which get it already read).

export type Args = Record<string, string | number>;
export interface Spoken {
  readonly lang: string;
  has(id: string): boolean;
  /** The message `id`, or `id.attribute`. */
  t(id: string, args?: Args): string;
}

let words: Spoken = { lang: 'en', has: () => false, t: (id) => id };

/** Sets the page's language; call it before mounting. */
export function setWords(chosen: Spoken): void {
  words = chosen;
}
export function t(id: string, args?: Args): string {
  return words.t(id, args);
}
export function lang(): string {
  return words.lang;
}

/** The name of a unit of trade beside a count (`pc`, `set` …); a unit without a word is shown as it is written. */
export function unit(code: string, count = 1): string {
  const id = `unit-${code.toLowerCase()}`;
  return words.has(id) ? words.t(id, { count }) : code;
}

/** The sentence for a problem code, with its facts as arguments; `unknown` when there is none. */
export function sentence(problem: { type: string; [fact: string]: unknown }): string {
  const code = problem.type.replace(/^.*\/problems\//, '');
  const args: Args = {};
  for (const [fact, value] of Object.entries(problem)) {
    if (typeof value === 'string' || typeof value === 'number') args[fact] = value;
  }
  return words.t(words.has(code) ? code : 'unknown', args);
}
