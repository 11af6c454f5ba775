/** A show's plan as it is typed, what holds it back, and the request it becomes. */

import { instantOf, wallOf } from '../time';
import type { Show, ShowPlan } from '../types';

export interface PlanDraft {
  title: Record<string, string>;
  text: Record<string, string>;
  languages: string[];
  markets: string[];
  hosts: string[];
  zone: string;
  wall: string;
}

const DAY_MS = 86_400_000;

export function planDraft(show: Show | undefined, all: readonly string[], zone: string, language: string, now: number): PlanDraft {
  const texts = (of?: Record<string, string>) => Object.fromEntries(all.map((tag) => [tag, of?.[tag] ?? '']));
  return {
    title: texts(show?.title), text: texts(show?.text),
    languages: [...(show?.languages ?? [language])], markets: [...(show?.markets ?? [])], hosts: [...(show?.hosts ?? [])],
    zone: show?.time_zone ?? zone,
    wall: show ? wallOf(show.starts_at, show.time_zone) : `${wallOf(new Date(now + DAY_MS).toISOString(), zone).slice(0, 10)}T20:00`,
  };
}

/** A fault's field, as the API names it, and the name of its sentence. */
export type PlanFaults = Partial<Record<'title' | 'languages' | 'starts_at', string>>;

/** A start that stands already may lie behind us; a new one may not. */
export function planFaults(draft: PlanDraft, now: number, stands?: string): PlanFaults {
  const faults: PlanFaults = {};
  if (draft.languages.length === 0) faults.languages = 'show-no-language';
  if (lacking(draft).length > 0) faults.title = 'fault-title';
  if (!draft.wall) faults.starts_at = 'fault-start';
  else if (instantOf(draft.wall, draft.zone) !== stands && Date.parse(instantOf(draft.wall, draft.zone)) <= now) faults.starts_at = 'fault-start-past';
  return faults;
}

/** The languages of the show that have no title yet. */
export function lacking(draft: PlanDraft): string[] {
  return draft.languages.filter((tag) => !draft.title[tag]?.trim());
}

export function planOf(draft: PlanDraft): ShowPlan {
  const { languages, markets, hosts } = draft;
  const spoken = (texts: Record<string, string>) =>
    Object.fromEntries(languages.map((tag) => [tag, (texts[tag] ?? '').trim()]).filter(([, text]) => text)) as Record<string, string>;
  return {
    title: spoken(draft.title), text: spoken(draft.text), languages: [...languages], markets: [...markets], hosts: [...hosts],
    starts_at: instantOf(draft.wall, draft.zone), time_zone: draft.zone,
  };
}
