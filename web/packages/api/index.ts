// The one door to the server: a typed client, and refusals as RFC 9457 problems.
import createClient, { type Client, type ClientOptions } from 'openapi-fetch';
import type { paths } from './paths.ts';
import type { Problem } from './types.ts';

export type * from './types.ts';
export type { paths } from './paths.ts';
export type Api = Client<paths>;

/** Makes a client for `P`; the buyers' pages use the default. */
export function createApi<P extends object = paths>(options: ClientOptions = {}): Client<P> {
  return createClient<P>({ baseUrl: '/', credentials: 'same-origin', ...options });
}

/** A refusal, or a failure on the way to the server. */
export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
  }

  /** `out-of-stock` of `/problems/out-of-stock`: the Fluent key of its sentence. */
  get code(): string {
    return codeOf(this.problem);
  }

  /** True when the request may have been carried out: the caller keeps its idempotency key and asks again. */
  get isUndecided(): boolean {
    return this.problem.status === 0 || this.problem.status >= 500;
  }
}

export function codeOf(problem: Problem): string {
  return problem.type.replace(/^.*\/problems\//, '');
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

/** Reads a problem from a body that may be anything (a proxy's HTML page, nothing at all). */
export function asProblem(body: unknown, status: number): Problem {
  if (body && typeof body === 'object' && 'type' in body && typeof body.type === 'string') {
    return { title: '', status, ...body } as Problem;
  }
  return { type: '/problems/unknown', title: 'Unknown', status };
}
