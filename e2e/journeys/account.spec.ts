/** The owner's account: a passkey from a virtual authenticator, sessions, the password, and the people of the firm. */
import type { Page } from '@playwright/test';
import { expect, type Fair, OWNER, test } from '../support/fair.ts';
import { DESKTOP, lookAt } from '../support/looks.ts';
import { type Language, LANGUAGES, wordsOf } from '../support/words.ts';

/** Browsers make passkeys for names, not for numbers. */
const named = (fair: Fair) => fair.base.replace('127.0.0.1', 'localhost');

for (const language of LANGUAGES) {
  test.describe(language, () => {
    test.use({ locale: language, viewport: DESKTOP });

    test('an owner adds a passkey and logs in with it', async ({ fair, page }) => {
      const said = wordsOf(language, 'console');
      await insertAuthenticator(page);
      await enter(page, named(fair), language);
      await page.goto(`${named(fair)}/console/settings/account`);
      await page.getByRole('button', { name: said('passkey-add') }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox', { name: said('passkey-name') }).fill('Blue key');
      await dialog.getByRole('button', { name: said('passkey-make') }).click();
      await expect(dialog).toBeHidden();
      const passkey = page.getByRole('listitem').filter({ hasText: 'Blue key' });
      await expect(passkey).toContainText(said.text('token-unused'));
      await expect(page.getByText(said('session-here'))).toBeVisible();
      await lookAt(page, `account-${language}`);

      await page.getByRole('button', { name: said('log-out') }).click();
      await page.getByRole('button', { name: said('login-passkey') }).click();
      await expect(page.getByRole('heading', { level: 1, name: said('nav-shows') })).toBeVisible();
      await page.goto(`${named(fair)}/console/settings/account`);
      await expect(passkey).toBeVisible();
      await expect(passkey).not.toContainText(said.text('token-unused'));

      await page.getByRole('button', { name: said('remove-what', { name: 'Blue key' }) }).click();
      await page.getByRole('dialog').getByRole('button', { name: said('remove') }).click();
      await expect(page.getByText(said('passkeys-empty'))).toBeVisible();
    });

    test('an owner logs other devices out, adds a person and removes them', async ({ fair, page, browser }) => {
      const said = wordsOf(language, 'console');
      const other = await browser.newContext({ locale: language });
      await enter(await other.newPage(), fair.base, language);
      await enter(page, fair.base, language);
      await page.goto(`${fair.base}/console/settings/account`);
      // At the number the page says where passkeys work.
      await expect(page.getByRole('link', { name: named(fair) })).toBeVisible();
      await page.getByRole('button', { name: said('sessions-end-others') }).click();
      await page.getByRole('dialog').getByRole('button', { name: said('sessions-end-others') }).click();
      await expect(page.getByRole('dialog')).toBeHidden();
      expect(await whoIs(other.pages()[0]!, fair)).toBe('anyone');
      await other.close();

      await page.getByLabel(said('password-old')).fill(OWNER.password);
      await page.getByLabel(said('password-new')).fill('another-long-password');
      await page.getByRole('button', { name: said('password-change') }).click();
      await expect(page.getByRole('status').filter({ hasText: said('password-changed') })).toBeVisible();

      await page.getByRole('link', { name: said('settings-people') }).click();
      await page.getByRole('button', { name: said('person-add') }).click();
      await page.getByRole('textbox', { name: said('name') }).fill('Li Na');
      await page.getByRole('textbox', { name: said('email') }).fill('li@example.com');
      await page.getByLabel(said('password-first')).fill('a-first-password');
      await page.getByRole('checkbox', { name: said('role-host') }).check();
      await page.getByRole('button', { name: said('person-add') }).click();
      const person = page.getByRole('listitem').filter({ hasText: 'li@example.com' });
      await expect(person).toContainText(said.text('role-host'));
      await lookAt(page, `people-${language}`);

      await page.getByRole('button', { name: said('remove-what', { name: 'Li Na' }) }).click();
      await page.getByRole('dialog').getByRole('button', { name: said('remove') }).click();
      await expect(person).toBeHidden();
      await page.getByRole('button', { name: said('remove-what', { name: OWNER.name }) }).click();
      await page.getByRole('dialog').getByRole('button', { name: said('remove') }).click();
      await expect(page.getByRole('alert').filter({ hasText: said('refusal-last-owner') })).toBeVisible();
    });
  });
}

/** A security key in software, which knows its holder. */
async function insertAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
}

async function enter(page: Page, base: string, language: Language): Promise<void> {
  const said = wordsOf(language, 'console');
  await page.goto(`${base}/console/login`);
  await page.getByRole('textbox', { name: said('email') }).fill(OWNER.email);
  await page.getByLabel(said('password')).fill(OWNER.password);
  await page.getByRole('button', { name: said('login-do') }).click();
  await expect(page.getByRole('heading', { level: 1, name: said('nav-shows') })).toBeVisible();
}

async function whoIs(page: Page, fair: Fair): Promise<string> {
  const session = (await (await page.request.get(`${fair.base}/api/v1/session`)).json()) as { who: string };
  return session.who;
}
