/** What a question's state means for the desk. */

import type { Question } from '../types';

type State = Question['state'];

/** Somebody still waits for an answer. */
export function isWaiting(state: State): boolean {
  return state === 'new' || state === 'assigned' || state === 'owed';
}

export function isAnswered(state: State): boolean {
  return state === 'answered_text' || state === 'answered_on_air' || state === 'converted';
}
