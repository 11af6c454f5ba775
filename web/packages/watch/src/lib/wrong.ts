// What is wrong with a form's fields, before it is sent and after.
import type { Problem } from '@livefair/api/types';
import type { Remembered } from './buyer.ts';

export type Wrong = Partial<Record<keyof Remembered | 'text', 'required' | 'email-wrong'>>;

/** What keeps these details from being sent: message ids by field. */
export function wrongWith(buyer: Remembered): Wrong {
  const wrong: Wrong = {};
  for (const field of ['company', 'name', 'email', 'country'] as const) {
    if (!buyer[field].trim()) wrong[field] = 'required';
  }
  if (!wrong.email && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(buyer.email.trim())) wrong.email = 'email-wrong';
  return wrong;
}

/** The field that the server refused, where it names one (`buyer.email`). */
export function wrongBy({ field }: Problem): Wrong {
  const name = typeof field === 'string' ? field.split('.').at(-1)! : '';
  return ['company', 'name', 'email', 'country', 'text'].includes(name) ? { [name]: name === 'email' ? 'email-wrong' : 'required' } : {};
}

export function trimmed(buyer: Remembered): Remembered {
  return { company: buyer.company.trim(), name: buyer.name.trim(), email: buyer.email.trim(), country: buyer.country };
}
