import { redirect } from '@sveltejs/kit';
import { base } from '$app/paths';
import { Refusal } from '$lib/api';
import type { Session } from '$lib/types';
import { me } from '$lib/session.svelte';

/** Only people who work here come in; others log in first, and a new house is set up first. */
export async function load({ url }: { url: URL }): Promise<{ refusal?: Refusal }> {
  if (me.now?.who === 'person') return {};
  let now: Session | undefined;
  try {
    now = await me.load();
  } catch (cause) {
    if (cause instanceof Refusal && cause.problem.status !== 401) return { refusal: cause };
  }
  if (now && !now.set_up) redirect(307, `${base}/setup`);
  if (now?.who !== 'person') redirect(307, `${base}/login?next=${encodeURIComponent(url.pathname + url.search)}`);
  return {};
}
