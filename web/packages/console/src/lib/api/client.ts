/** The typed way to the server: paths, bodies and answers are those of the API's document. */

import { answer, createApi } from '@livefair/api';
import type { paths } from '@livefair/api/schema.ts';
import type { Listed } from '../types';

export const api = createApi<paths>();
export { answer };

/** What a list asks for; nothing empty goes into the address. */
export function asked<T extends object>(filter: T): T {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined && value !== '')) as T;
}

/** A file as a form of one field. The document cannot say more of it than that it is bytes. */
export function sent(file: File): { body: never } {
  const form = new FormData();
  form.set('file', file);
  return { body: form as never };
}

const PAGE = 100;

/** Follows a list to its end. */
export async function everyPage<T>(page: (place: { after?: string; limit: number }) => Promise<Listed<T>>): Promise<Listed<T>> {
  const items: T[] = [];
  let after: string | undefined;
  do {
    const found = await page({ after, limit: PAGE });
    items.push(...found.items);
    after = found.next ?? undefined;
  } while (after);
  return { items };
}
