/** A list's filter lives in the address, so that it can be linked and gone back to. */

import { goto } from '$app/navigation';
import { page } from '$app/state';

export function filtered(name: string): string | undefined {
  return page.url.searchParams.get(name) || undefined;
}

/** A filter that is one of these words. */
export function filteredBy<T extends string>(name: string, words: readonly T[]): T | undefined {
  return words.find((word) => word === filtered(name));
}

/** A filter that was chosen can be gone back from; one that is being typed (`replaceState`) is one step. */
export function filter(change: Record<string, string | undefined>, replaceState = false): void {
  const url = new URL(page.url);
  url.searchParams.delete('after');
  for (const [name, value] of Object.entries(change)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  void goto(url, { keepFocus: true, noScroll: true, replaceState });
}
