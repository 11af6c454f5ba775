/** Steps of the crew that more than one journey takes. */
import { expect, type Page } from '@playwright/test';
import type { Fair } from './fair.ts';
import { type Spoken, wordsOf } from './words.ts';

export async function logIn(page: Page, fair: Fair, language: Spoken, person: { email: string; password: string }): Promise<void> {
  const said = wordsOf(language, 'console');
  await page.goto(`${fair.base}/console/login`);
  await page.getByRole('textbox', { name: said('email') }).fill(person.email);
  await page.getByLabel(said('password')).fill(person.password);
  await page.getByRole('button', { name: said('login-do') }).click();
  await expect(page.getByRole('heading', { level: 1, name: said('nav-shows') })).toBeVisible();
}

/** Takes a step of the show and confirms it. */
export async function move(page: Page, language: Spoken, name: string): Promise<void> {
  const step = wordsOf(language, 'console')(`move-${name}`);
  await page.getByRole('button', { name: step }).click();
  const dialog = page.getByRole('dialog', { name: step });
  await dialog.getByRole('button', { name: step }).click();
  await expect(dialog).toBeHidden();
}
