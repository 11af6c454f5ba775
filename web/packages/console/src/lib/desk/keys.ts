/** The desk by keyboard: `j k` choose, `Enter` answers, `p` pins, `n` lets the waiting in, `/` chat, `?` help. */

import type { Desk } from './desk.svelte';
import { neighbour } from './queue';

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
    p: () => document.querySelector<HTMLElement>('[data-pin-chosen], [data-pin-on-air]')?.click(),
    '/': () => document.querySelector<HTMLElement>('[data-chat-field]')?.focus(),
    '?': act.help,
  };
  if (event.key === 'Enter' && desk.chosen && !target?.closest('button, a')) {
    event.preventDefault();
    document.querySelector<HTMLElement>('[data-answer]')?.focus();
  } else if (acts[event.key]) {
    event.preventDefault();
    acts[event.key]?.();
  }
}
