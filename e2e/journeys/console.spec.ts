/** Every page of the console, with a fair in it and with nothing: nobody is shut out, nothing overflows. */
import type { Page } from '@playwright/test';
import { logIn } from '../support/console.ts';
import { expect, type Fair, OWNER, test, waitFor } from '../support/fair.ts';
import { DESKTOP, expectAccessible, PHONE, violations } from '../support/looks.ts';
import { type Language, LANGUAGES, wordsOf } from '../support/words.ts';

const DEMO = { email: 'owner@example.com', password: 'porcelain-and-cobalt' };
const EMPTY = [
  'shows', 'shows/new', 'catalogue', 'catalogue/new', 'catalogue/import', 'deals', 'deals/inquiries', 'settings', 'settings/people', 'settings/tokens',
];

for (const language of LANGUAGES) {
  test.describe(language, () => {
    test.use({ locale: language, viewport: DESKTOP });

    test('every page of the console is open to all, empty', async ({ fair, page }) => {
      await page.goto(`${fair.base}/console/login`);
      expect(await faultsOf(page)).toEqual([]);
      await logIn(page, fair, language, OWNER);
      await walk(page, fair, EMPTY, language, 'empty');
    });

    test('every page of the console is open to all, with a fair in it', async ({ demo, page }) => {
      await logIn(page, demo, language, DEMO);
      const list = async (path: string) => ((await (await page.request.get(`${demo.base}/api/v1/${path}`)).json()) as { items: { id: string; state: string }[] }).items;
      await waitFor(async () => (await list('events')).some(({ state }) => state === 'live'), 90_000);
      const live = (await list('events')).find(({ state }) => state === 'live')!.id;
      const product = (await list('products'))[0]!.id;
      const more = [`shows/${live}`, `shows/${live}/edit`, `shows/${live}/desk`, `catalogue/${product}`];
      await walk(page, demo, [...EMPTY, ...more], language, 'full');
    });
  });
}

test.describe('keys', () => {
  test.use({ locale: 'en', viewport: DESKTOP });

  test('the palette leads to pages, shows and products', async ({ demo, page }) => {
    const said = wordsOf('en', 'console');
    await logIn(page, demo, 'en', DEMO);
    await page.keyboard.press('Control+k');
    const dialog = page.getByRole('dialog', { name: said('palette') });
    await expectAccessible(page);
    await dialog.getByRole('combobox').fill('inqu');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/console\/deals\/inquiries$/);
    await expect(dialog).toBeHidden();
  });
});

/** Opens each page on a desktop and on a phone, in the light and in the dark, and tells all that is wrong at the end. */
async function walk(page: Page, fair: Fair, paths: string[], language: Language, name: string): Promise<void> {
  const faults: string[] = [];
  for (const path of paths) {
    await page.setViewportSize(DESKTOP);
    await page.goto(`${fair.base}/console/${path}`);
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('status', { name: wordsOf(language, 'console')('loading') })).toHaveCount(0);
    for (const [size, viewport] of [['desktop', DESKTOP], ['phone', PHONE]] as const) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        const look = `${name}-${path.replaceAll(/[\w-]{30,}/g, 'one').replaceAll('/', '-')}-${language}-${colorScheme}-${size}`;
        await page.screenshot({ path: `test-results/looks/${look}.png`, fullPage: true });
        // Colours do not move and places do not change colour: each is asked about once.
        if ((size === 'desktop') === (colorScheme === 'light')) faults.push(...(await faultsOf(page)).map((fault) => `${look}: ${fault}`));
      }
    }
  }
  expect(faults).toEqual([]);
}

/** What axe says against the page, and whether it is wider than the window. */
async function faultsOf(page: Page): Promise<string[]> {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return [...(await violations(page)), ...(beyond > 0 ? [`${beyond} pixels beyond the window`] : [])];
}
