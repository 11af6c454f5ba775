/** The desk by keyboard. A key without a meaning of its own presses what carries it as `data-key`. */

import type { Desk } from './desk.svelte';
import { neighbour } from './queue';

/** The keys of the help, each with the name of its sentence. */
export const KEYS = [
  ['j', 'key-j'], ['k', 'key-k'], ['Enter', 'key-enter'], ['Ctrl Enter', 'key-send'], ['a', 'key-a'], ['t', 'key-t'], ['x', 'key-x'], ['n', 'key-n'],
  ['o', 'key-o'], ['s', 'key-s'], ['p', 'key-p'], ['Alt ↑ ↓', 'key-shift'], ['/', 'key-slash'], ['Esc', 'key-escape'], ['?', 'key-help'],
] as const;
const PRESSED = ['a', 't', 'x', 'o', 's', 'p'];

export function deskKeys(event: KeyboardEvent, desk: Desk, act: { help: () => void }): void {
  const target = event.target instanceof Element ? event.target : undefined;
  if (event.metaKey || event.ctrlKey || event.altKey || target?.closest('dialog')) return;
  if (target?.closest('input, textarea, select')) {
    if (event.key === 'Escape') (target as HTMLElement).blur();
    return;
  }
  const ids = desk.shownQuestions.map(({ id }) => id);
  const choose = (step: 1 | -1) => {
    desk.chosen = neighbour(ids, desk.chosen, step);
    document.querySelector(`[data-question="${desk.chosen}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  const acts: Record<string, () => void> = {
    j: () => choose(1),
    k: () => choose(-1),
    n: () => (desk.questions = desk.questions.show()),
    '/': () => document.querySelector<HTMLElement>('[data-chat-field]')?.focus(),
    '?': act.help,
    ...Object.fromEntries(PRESSED.map((key) => [key, () => document.querySelector<HTMLElement>(`[data-key="${key}"]`)?.click()])),
  };
  // The button of the chosen question would close it.
  const isOwn = target?.parentElement?.dataset.question === desk.chosen;
  if (event.key === 'Enter' && desk.chosen && (isOwn || !target?.closest('button, a'))) {
    event.preventDefault();
    document.querySelector<HTMLElement>('[data-answer]')?.focus();
  } else if (acts[event.key]) {
    event.preventDefault();
    acts[event.key]?.();
  }
}
