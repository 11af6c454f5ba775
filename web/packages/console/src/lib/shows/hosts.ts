import { org } from '../api';
import { me } from '../session.svelte';
import type { Person } from '../types';

/** Those of the firm who can run a show; nobody where the reader may not see people. */
export async function presenters(): Promise<Person[]> {
  return me.may('see_people') ? (await org.people()).items : [];
}
