// Reads Fluent text. A missing id is shown as itself and reported once.
import { FluentBundle, FluentResource } from '@fluent/bundle';
import type { Args, Spoken } from './words.ts';

export class Words implements Spoken {
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
