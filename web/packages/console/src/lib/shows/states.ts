/** What a show's state allows and how it looks. */

import type { ShowState } from '../types';

type Tone = 'plain' | 'live' | 'stop' | 'done' | 'wait' | 'info';

export const TONES: Record<ShowState, Tone> = {
  draft: 'plain', scheduled: 'info', rehearsing: 'wait', live: 'live', interrupted: 'stop',
  ended: 'plain', processing: 'wait', replay: 'done', archived: 'plain', cancelled: 'plain',
};

export interface Move { to: ShowState; /** The name of its sentences. */ name: string; kind: 'primary' | 'plain' | 'stop'; asksReason?: boolean }

/** What the crew may do next; the rest the house does by itself. */
export const MOVES: Record<ShowState, Move[]> = {
  draft: [{ to: 'scheduled', name: 'schedule', kind: 'primary' }, { to: 'cancelled', name: 'cancel', kind: 'plain', asksReason: true }],
  scheduled: [
    { to: 'live', name: 'go-live', kind: 'primary' },
    { to: 'rehearsing', name: 'rehearse', kind: 'plain' },
    { to: 'cancelled', name: 'cancel', kind: 'plain', asksReason: true },
  ],
  rehearsing: [{ to: 'scheduled', name: 'stop-rehearsal', kind: 'primary' }],
  live: [{ to: 'ended', name: 'end', kind: 'stop' }],
  interrupted: [{ to: 'ended', name: 'end', kind: 'stop' }],
  ended: [],
  processing: [],
  replay: [{ to: 'archived', name: 'archive', kind: 'plain' }],
  archived: [],
  cancelled: [],
};

/** Whether viewers are let in and the desk has work. */
export function isOpen(state: ShowState): boolean {
  return isOnAir(state) || state === 'rehearsing';
}

/** Whether buyers see it now. */
export function isOnAir(state: ShowState): boolean {
  return state === 'live' || state === 'interrupted';
}

export function isOver(state: ShowState): boolean {
  return ['ended', 'processing', 'replay', 'archived', 'cancelled'].includes(state);
}
