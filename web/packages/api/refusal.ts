import type { Problem } from './types.ts';

/** A refusal (RFC 9457), or a failure on the way to the server. */
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

/** Reads a problem from a body that may be anything (a proxy's HTML page, nothing at all). */
export function asProblem(body: unknown, status: number): Problem {
  if (body && typeof body === 'object' && 'type' in body && typeof body.type === 'string') {
    return { title: '', status, ...body } as Problem;
  }
  return { type: '/problems/unknown', title: 'Unknown', status };
}
