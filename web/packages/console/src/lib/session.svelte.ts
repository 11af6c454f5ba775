import { base } from '$app/paths';
import { session as api } from './api';
import type { Right, Session } from './types';

/** Who works here, asked once and after log-in and log-out. */
class Me {
  now = $state.raw<Session>();

  async load(): Promise<Session> {
    this.now = await api.now();
    return this.now;
  }

  may(right: Right): boolean {
    return this.now?.rights.includes(right) ?? false;
  }

  get zone(): string | undefined {
    return this.now?.person?.time_zone;
  }
}

export const me = new Me();

/** A console address. */
export const at = (path: string): string => `${base}${path}`;

/** Where to go after log-in: `next` when it is a page of the console, else the shows. */
export function inside(next: string | null): string {
  return next?.startsWith(`${base}/`) && !next.includes('\\') ? next : at('/shows');
}
