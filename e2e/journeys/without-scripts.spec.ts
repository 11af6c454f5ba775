/** A buyer without scripts, and the one who is only sent a link: the shell says it all, and its form works. */
import { expect, liveShow, test } from '../support/fair.ts';
import { expectAccessible, PHONE } from '../support/looks.ts';
import { wordsOf } from '../support/words.ts';

const watch = wordsOf('en', 'watch');

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, viewport: PHONE });

  test('a buyer writes to the seller, is told what is wrong, and is heard', async ({ demo, page }) => {
    const event = await liveShow(demo);
    await page.goto(`${demo.base}/e/${event}?lang=en`);
    await expect(page.getByText('Ningbo Huamao Educational Toys').nth(1)).toBeVisible();
    await expect(page.getByText('USD 7.95 from 240 sets')).toBeVisible();

    const field = (id: string) => page.getByLabel(watch(id));
    await field('inquiry-text').fill('Please quote 2,400 sets, CIF Valencia.');
    await field('company').fill('Juguetes Ortiz SL');
    await field('your-name').fill('Maya Ortiz');
    await field('email').fill('maya@localhost');
    await field('country').fill('ZZ');
    await page.getByRole('button', { name: watch('inquiry-send') }).click();
    await expect(page.getByRole('alert')).toContainText(watch.text('form-not-sent'));
    await expect(field('inquiry-text')).toHaveValue('Please quote 2,400 sets, CIF Valencia.');
    await expect(page.locator('[aria-invalid]')).toHaveCount(1);

    await field('email').fill('maya@example.com');
    await field('country').fill('es');
    await page.getByRole('button', { name: watch('inquiry-send') }).click();
    await expect(page.getByRole('status')).toContainText(watch.text('form-sent'));
  });
});

test('a shared link has its card in the language of its address', async ({ demo, page, request }) => {
  const event = await liveShow(demo);
  await page.goto(`${demo.base}/e/${event}?lang=ja`);
  const card = (name: string) => page.locator(`meta[property="og:${name}"]`).getAttribute('content');
  expect(await card('title')).toContain('寧波');
  expect(await card('description')).toBeTruthy();
  expect(await card('locale')).toBe('ja_JP');
  expect(await card('site_name')).toBe('Ningbo Huamao Educational Toys');
  const picture = await request.get((await card('image'))!);
  expect(picture.headers()['content-type']).toBe('image/jpeg');
  await page.goto(`${demo.base}/e/nowhere?lang=en`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectAccessible(page);
});
