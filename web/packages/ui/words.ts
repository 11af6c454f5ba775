// Words for people: one language per page, from Fluent text. A missing id is shown as itself and reported once.
import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle';

export type Args = Record<string, FluentVariable>;

export class Words {
  readonly #bundle: FluentBundle;
  readonly #told = new Set<string>();

  /** Isolation marks keep a Latin name in Arabic text in order; leave them off for titles and file names. */
  constructor(readonly lang: string, texts: string[], useIsolating = true) {
    this.#bundle = new FluentBundle(lang, { useIsolating });
    for (const text of texts) this.#bundle.addResource(new FluentResource(text));
  }

  has(id: string): boolean {
    return this.#bundle.hasMessage(id);
  }

  /** The message `id`, or `id.attribute`. */
  t(id: string, args?: Args): string {
    const [name = id, attribute] = id.split('.');
    const message = this.#bundle.getMessage(name);
    const pattern = attribute ? message?.attributes[attribute] : message?.value;
    if (!pattern) return this.#missing(id);
    const faults: Error[] = [];
    const text = this.#bundle.formatPattern(pattern, args, faults);
    if (faults.length) this.#missing(`${id}: ${faults[0]?.message ?? ''}`);
    return text;
  }

  #missing(id: string): string {
    if (!this.#told.has(id)) console.error(`words: ${id}`);
    this.#told.add(id);
    return id;
  }
}

let words = new Words('en', []);

/** Sets the page's language; call it before mounting. */
export function setWords(chosen: Words): void {
  words = chosen;
}
export function t(id: string, args?: Args): string {
  return words.t(id, args);
}
export function lang(): string {
  return words.lang;
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
