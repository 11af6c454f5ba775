// The one door to the server: a typed client, and refusals as RFC 9457 problems.
import createClient, { type Client, type ClientOptions } from 'openapi-fetch';
import type { paths } from './schema.ts';
import { asProblem, Refusal } from './refusal.ts';

export { asProblem, codeOf, Refusal } from './refusal.ts';
export type Api = Client<paths>;

/** Makes a client for every path of the server's document. */
export function createApi<P extends object = paths>(options: ClientOptions = {}): Client<P> {
  return createClient<P>({ baseUrl: '/', credentials: 'same-origin', ...options });
}

interface Answer<T> { data?: T; error?: unknown; response: Response }

/** Waits for a call and gives its body, or throws a `Refusal`. */
export async function answer<T>(call: Promise<Answer<T>>): Promise<T> {
  let got: Answer<T>;
  try {
    got = await call;
  } catch {
    throw new Refusal({ type: '/problems/offline', title: 'Offline', status: 0 });
  }
  if (got.response.ok) return got.data as T;
  throw new Refusal(asProblem(got.error, got.response.status));
}
