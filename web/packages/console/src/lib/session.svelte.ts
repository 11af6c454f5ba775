import { base } from '$app/paths';
import { moment } from '@livefair/ui';
import { session as api } from './api';
import type { Right, Session } from './types';
import { clockTime, viewerZone } from './time';
import { languageFor, words } from './words.svelte';

/** Who works here, asked once and after log-in and log-out. */
class Me {
  now = $state.raw<Session>();

  /** Asks anew, and speaks the language of whoever it is. */
  async load(): Promise<Session> {
    const now = await api.now();
    const language = languageFor(document.cookie, now.person?.locale, navigator.languages);
    if (language !== words.language) await words.speak(language);
    this.now = now;
    return now;
  }

  may(right: Right): boolean {
    return this.now?.rights.includes(right) ?? false;
  }

  /** The zone of their account, on whose clocks times are shown. */
  get zone(): string {
    return this.now?.person?.time_zone ?? viewerZone();
  }
}

export const me = new Me();

/** A day and time on the clocks of whoever works here. */
export const when = (at: string | number): string => moment(at, words.language, me.zone);

/** The same, without its day. */
export const clock = (at: string | number): string => clockTime(at, words.language, me.zone);

/** A console address. */
export const at = (path: string): string => `${base}${path}`;

/** Where to go after log-in: `next` when it is a page of the console, else the shows. */
export function inside(next: string | null): string {
  return next?.startsWith(`${base}/`) && !next.includes('\\') ? next : at('/shows');
}
