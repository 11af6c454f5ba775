/** Every page of the console, with a fair in it and with nothing: nobody is shut out, nothing overflows. */
import type { Page } from '@playwright/test';
import { logIn } from '../support/console.ts';
import { expect, type Fair, OWNER, test, waitFor } from '../support/fair.ts';
import { beyond, DESKTOP, expectAccessible, faultsOf, looksOf, PHONE, TABLET } from '../support/looks.ts';
import { LANGUAGES, type Spoken, wordsOf } from '../support/words.ts';

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
      const more = await pagesOfOne(page, demo);
      await walk(page, demo, [...EMPTY, ...more], language, 'full');
    });
  });
}

// The languages that are spoken but not walked through word by word: their longest words fit, too.
for (const language of ['es', 'ja'] as const) {
  test.describe(language, () => {
    test.use({ locale: language, viewport: PHONE });

    test('no page of the console is wider than the window', async ({ demo, page }) => {
      await logIn(page, demo, language, DEMO);
      const faults: string[] = [];
      for (const path of [...EMPTY, 'settings/account', ...(await pagesOfOne(page, demo))]) {
        for (const viewport of [PHONE, TABLET, DESKTOP]) {
          await page.setViewportSize(viewport);
          await open(page, demo, path, language);
          await page.screenshot({ path: `test-results/looks/${nameOf(path)}-${language}-${viewport.width}.png`, fullPage: true });
          faults.push(...(await beyond(page)).map((fault) => `${path} at ${viewport.width}: ${fault}`));
        }
      }
      expect(faults).toEqual([]);
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
async function walk(page: Page, fair: Fair, paths: string[], language: Spoken, name: string): Promise<void> {
  test.setTimeout(300_000);
  const faults: string[] = [];
  for (const path of paths) {
    await open(page, fair, path, language);
    faults.push(...(await looksOf(page, `${name}-${nameOf(path)}-${language}`, true)));
  }
  expect(faults).toEqual([]);
}

async function open(page: Page, fair: Fair, path: string, language: Spoken): Promise<void> {
  await page.goto(`${fair.base}/console/${path}`);
  await expect(page.locator('html')).toHaveAttribute('lang', language);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('status', { name: wordsOf(language, 'console')('loading') })).toHaveCount(0);
}

const nameOf = (path: string) => path.replaceAll(/[\w-]{30,}/g, 'one').replaceAll('/', '-');

/** The pages of one show and one product, once the demo is on the air. */
async function pagesOfOne(page: Page, demo: Fair): Promise<string[]> {
  const list = async (path: string) => ((await (await page.request.get(`${demo.base}/api/v1/${path}`)).json()) as { items: { id: string; state: string }[] }).items;
  await waitFor(async () => (await list('events')).some(({ state }) => state === 'live'), 90_000);
  const live = (await list('events')).find(({ state }) => state === 'live')!.id;
  const product = (await list('products'))[0]!.id;
  return [`shows/${live}`, `shows/${live}/edit`, `shows/${live}/desk`, `catalogue/${product}`];
}
