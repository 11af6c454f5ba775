import { SvelteMap } from 'svelte/reactivity';
import { catalogue } from '../api';
import type { Localized } from '../types';
import { words } from '../words.svelte';

/** Products' names in the reader's language, each product asked for once. */
export class ProductNames {
  #known = new SvelteMap<string, Localized>();
  #asked = new Set<string>();

  /** Asks for what is not known yet; one that cannot be read keeps the name it came with. */
  learn(products: Iterable<string | null | undefined>): void {
    for (const id of products) {
      if (!id || this.#asked.has(id)) continue;
      this.#asked.add(id);
      void catalogue.one(id).then(({ names }) => this.#known.set(id, names), () => undefined);
    }
  }

  of(product: string | null | undefined, otherwise = ''): string {
    return words.of(this.#known.get(product ?? '')) || otherwise;
  }
}
