// A typed door for pages that count bytes: the same paths and refusals as the client, in a few hundred bytes.
import type { paths } from './paths.ts';
import { asProblem, Refusal } from './refusal.ts';

type Methods = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Call<P extends keyof paths, M extends keyof paths[P]> = paths[P][M];
type Part<C, Name extends string> = C extends { parameters: Record<Name, infer Value> } ? Value : never;
type Query<C> = C extends { parameters: { query?: infer Value } } ? Value : never;
type Body<C> = C extends { requestBody: { content: { 'application/json': infer Value } } } ? Value : never;
type Result<C> = C extends { responses: { 200: { content: { 'application/json': infer Value } } } } ? Value : never;
type Optional<Name extends string, Value> = [Value] extends [never] ? { [K in Name]?: undefined } : { [K in Name]: Value };
export type Options<C> = Optional<'path', Part<C, 'path'>> & { query?: Query<C> } & Optional<'body', Body<C>> & { headers?: Record<string, string> };

/** Sends a request and gives the body of the answer, or throws a `Refusal`. */
export async function request<P extends keyof paths, M extends keyof paths[P] & Methods>(
  method: M, path: P, { path: names, query, body, headers }: Options<Call<P, M>>,
): Promise<Result<Call<P, M>>> {
  const url = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent((names as Record<string, string> | undefined)?.[name] ?? ''));
  const given = Object.entries((query ?? {}) as Record<string, unknown>).filter(([, value]) => value != null);
  const search = given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : '';
  const init: RequestInit = { method: method.toUpperCase(), headers: { ...headers } };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    (init.headers as Record<string, string>)['Content-Type'] = 'application/json';
  }
  let response: Response;
  try {
    response = await fetch(url + search, init);
  } catch {
    throw new Refusal({ type: '/problems/offline', title: 'Offline', status: 0 });
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new Refusal(asProblem(answer, response.status));
  return answer as Result<Call<P, M>>;
}
