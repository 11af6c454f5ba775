/** What a person is told when something was refused: what, why, how on. */

import type { Refusal } from '@livefair/api';
import { t, words } from './words.svelte';

/** The sentences for what has no code of its own, or none that is known. */
const BY_STATUS: Record<number, string> = {
  0: 'refusal-offline', 401: 'refusal-log-in-needed', 403: 'refusal-right-missing', 404: 'refusal-not-found',
  409: 'refusal-conflict', 413: 'refusal-too-large', 429: 'refusal-too-many-tries',
};

/** Fields of the API by the words that stand beside them; one without is not named. */
const FIELDS: Record<string, string> = {
  name: 'name', email: 'email', password: 'password', country: 'country', time_zone: 'time-zone', roles: 'roles', rights: 'token-rights',
  title: 'show-title', text: 'show-text', languages: 'show-languages', markets: 'show-markets', hosts: 'show-hosts', starts_at: 'show-starts',
  minutes: 'run-minutes', label: 'key-label', names: 'product-name', texts: 'product-text', sku: 'sku', unit: 'unit', origin: 'origin',
  moq: 'moq-long', multiple: 'multiple', lead_time_days: 'lead-time', carton: 'carton', total: 'offer-total', ends_at: 'offer-minutes', per_company: 'offer-per-company',
};

/** The console's own sentence, else the one that buyers read, else one for the status. */
export function saidOf({ code, problem }: Refusal): string {
  const facts = Object.fromEntries(Object.entries(problem).filter((fact): fact is [string, string | number] => ['string', 'number'].includes(typeof fact[1])));
  const field = FIELDS[String(problem.field)];
  if (code === 'bad-field' && field) return t('refusal-bad-field', { field: t(field) });
  if (code !== 'bad-field' && words.has(`refusal-${code}`)) return t(`refusal-${code}`, facts);
  const byStatus = BY_STATUS[problem.status];
  const known = code === 'unknown' ? undefined : words.problem(code, facts);
  if (known ?? byStatus) return known ?? t(byStatus ?? '');
  return problem.status >= 500 ? t('refusal-server') : t('refusal-other', { detail: problem.detail ?? problem.title });
}
