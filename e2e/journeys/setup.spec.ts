/** The first minutes of a new house: whoever has the code from its terminal becomes the owner. */
import { expect, test } from '../support/fair.ts';
import { DESKTOP, lookAt } from '../support/looks.ts';
import { LANGUAGES, wordsOf } from '../support/words.ts';

for (const language of LANGUAGES) {
  test.describe(language, () => {
    test.use({ locale: language, viewport: DESKTOP });

    test('a new house is set up with the code that it printed, once', async ({ empty, page }) => {
      const said = wordsOf(language, 'console');
      await expect.poll(() => empty.said).toMatch(/enter the code \S+/);
      const code = /enter the code (\S+)/.exec(empty.said)![1]!;
      await page.goto(`${empty.base}/console`);
      await expect(page.getByRole('heading', { level: 1, name: said('setup-title') })).toBeVisible();
      await lookAt(page, `setup-${language}`);

      const field = (id: string) => page.getByRole('textbox', { name: said(id) });
      await field('setup-code').fill(`${code}x`);
      await field('org-name').fill('Ningbo Huamao');
      await field('your-name').fill('Gu Weijun');
      await field('email').fill('gu@example.com');
      await page.getByLabel(said('password')).fill('a-long-enough-password');
      await page.getByRole('button', { name: said('setup-do') }).click();
      await expect(page.getByRole('alert')).toContainText(said.text('refusal-wrong-set-up-code'));
      await field('setup-code').fill(code);
      await page.getByRole('button', { name: said('setup-do') }).click();
      await expect(page.getByRole('heading', { level: 1, name: said('nav-shows') })).toBeVisible();

      const session = (await (await page.request.get(`${empty.base}/api/v1/session`)).json()) as { person: { locale: string }; org: { name: string }; rights: string[] };
      expect(session).toMatchObject({ org: { name: 'Ningbo Huamao' }, person: { locale: language } });
      expect(session.rights).toContain('manage_org');
      const again = await page.request.post(`${empty.base}/api/v1/setup`, {
        headers: { Origin: empty.base },
        data: { code, org: { name: 'Another', kind: 'seller', country: 'CN', time_zone: 'UTC' }, name: 'X', email: 'x@example.com', password: 'a-long-enough-password' },
      });
      expect(again.status()).toBe(409);
    });
  });
}
