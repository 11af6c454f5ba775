// A typed door for pages that count bytes: the paths of the server's document and the refusals of the client, in a few
// hundred bytes.
import type { paths } from './schema.ts';
import { asProblem, Refusal } from './refusal.ts';

type Methods = 'get' | 'post' | 'put' | 'patch' | 'delete';
type MethodsOf<P extends keyof paths> = { [M in Methods]: [NonNullable<paths[P][M]>] extends [never] ? never : M }[Methods];
type Part<Call, Name extends string> = Call extends { parameters: { [K in Name]?: infer Value } } ? NonNullable<Value> : never;
type Body<Call> = Call extends { requestBody: { content: { 'application/json': infer Value } } } ? Value : never;
type Answers<Call> = Call extends { responses: infer Every } ? Every[Extract<keyof Every, 200 | 201>] : never;
type Result<Call> = Answers<Call> extends { content: { 'application/json': infer Value } } ? Value : unknown;
type Optional<Name extends string, Value> = [Value] extends [never] ? { [K in Name]?: undefined } : { [K in Name]: Value };
export type Options<Call> = Optional<'path', Part<Call, 'path'>> & { query?: Part<Call, 'query'> } & Optional<'body', Body<Call>> & { headers?: Record<string, string> };

/** Sends a request and gives the body of the answer, or throws a `Refusal`. */
export async function request<P extends keyof paths, M extends MethodsOf<P>>(
  method: M, path: P, { path: names, query, body, headers }: Options<paths[P][M]>,
): Promise<Result<paths[P][M]>> {
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
  return answer as Result<paths[P][M]>;
}
