import { languageFor, words } from '$lib/words.svelte';

export const ssr = false;
export const prerender = false;

export async function load(): Promise<void> {
  await words.speak(languageFor(document.cookie, undefined, navigator.languages));
}
