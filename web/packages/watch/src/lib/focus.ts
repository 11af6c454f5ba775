import { tick } from 'svelte';

/** Brings the reader to the first field that is wrong, once the page shows it. */
export async function focusWrong(form: HTMLFormElement): Promise<void> {
  await tick();
  form.querySelector<HTMLElement>('[aria-invalid]')?.focus();
}
