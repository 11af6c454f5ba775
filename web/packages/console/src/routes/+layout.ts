import { negotiate, words } from '$lib/words.svelte';

export const ssr = false;
export const prerender = false;

export async function load(): Promise<void> {
  await words.speak(negotiate(document.cookie, navigator.languages));
}
