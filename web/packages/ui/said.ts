// Says messages that the build has read from Fluent already (`read-words.ts`): the page carries no parser.
import type { Args, Spoken } from './words.ts';

/** A text; or parts: a text, a value `{v}`, or a choice by a value, `{v, one, other, '*': the fallback}`. */
export type Pattern = string | (string | Part)[];
export type Part = { v: string; [variant: string]: Pattern };
export type Messages = Record<string, Pattern>;

// Isolation marks keep a Latin name in Arabic text in order.
const [OPEN, CLOSE] = ['\u2068', '\u2069'];

export class Said implements Spoken {
  readonly #plural: Intl.PluralRules;

  constructor(readonly lang: string, readonly messages: Messages) {
    this.#plural = new Intl.PluralRules(lang);
  }

  has(id: string): boolean {
    return id in this.messages;
  }

  /** A missing message is shown as its id, a missing value as its name. */
  t(id: string, args: Args = {}): string {
    return this.#say(this.messages[id] ?? id, args);
  }

  #say(pattern: Pattern, args: Args): string {
    if (typeof pattern === 'string') return pattern;
    return pattern.map((part) => {
      if (typeof part === 'string') return part;
      const value = args[part.v] ?? part.v;
      if (!('*' in part)) return `${OPEN}${typeof value === 'number' ? value.toLocaleString(this.lang) : value}${CLOSE}`;
      const exact = part[value];
      const category = typeof value === 'number' ? part[this.#plural.select(value)] : undefined;
      return this.#say(exact ?? category ?? part['*']!, args);
    }).join('');
  }
}
