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

/** The questions that another may repeat: all that still say something. */
export function mergeable<Q extends { id: string; state: State }>(questions: readonly Q[], but: string): Q[] {
  return questions.filter(({ id, state }) => id !== but && state !== 'merged' && state !== 'dismissed');
}
