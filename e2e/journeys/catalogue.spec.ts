/** A product in two currencies and several languages, its pictures, and the way from one product to the next. */
import type { Page } from '@playwright/test';
import { logIn } from '../support/console.ts';
import { expect, type Fair, liveShow, test } from '../support/fair.ts';
import { DESKTOP, lookAt } from '../support/looks.ts';
import { wordsOf } from '../support/words.ts';

interface Product { id: string; sku: string; names: Record<string, string>; picture_ids: string[]; tiers: { unit_price: { micro: number; currency: string } }[] }

const DEMO = { email: 'owner@example.com', password: 'porcelain-and-cobalt' };
const said = wordsOf('en', 'console');
test.use({ locale: 'en', viewport: DESKTOP });

const products = async (page: Page, demo: Fair) => ((await (await page.request.get(`${demo.base}/api/v1/products`)).json()) as { items: Product[] }).items;
const read = async (page: Page, demo: Fair, id: string) => (await (await page.request.get(`${demo.base}/api/v1/products/${id}`)).json()) as Product;

test('the palette leads from one product to another, and nothing of the first stays', async ({ demo, page }) => {
  await logIn(page, demo, 'en', DEMO);
  const [one, other] = await products(page, demo);
  await page.goto(`${demo.base}/console/catalogue/${one!.id}`);
  await expect(page.getByRole('textbox', { name: said('sku') })).toHaveValue(one!.sku);
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill(other!.sku);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: other!.names.en! })).toBeVisible();
  await expect(page.getByRole('textbox', { name: said('sku') })).toHaveValue(other!.sku);
  await expect(page.getByRole('textbox', { name: said('product-name') })).toHaveValue(other!.names.en!);
  await page.goBack();
  await expect(page.getByRole('textbox', { name: said('sku') })).toHaveValue(one!.sku);
});

test('prices keep their currency, cleared words go, pictures are ordered and removed', async ({ demo, page }) => {
  await liveShow(demo); // till then the demo itself changes its products
  await logIn(page, demo, 'en', DEMO);
  const { id, tiers, names } = (await products(page, demo))[0]!;
  await page.goto(`${demo.base}/console/catalogue/${id}`);
  await page.getByRole('combobox', { name: said('currency-add') }).selectOption('EUR');
  const euros = page.getByRole('group', { name: said('prices-in', { currency: 'EUR' }) });
  await euros.getByRole('textbox', { name: said('tier-price', { currency: 'EUR' }) }).fill('7.15');
  await page.getByRole('tab', { name: /Español/ }).click();
  await page.getByRole('textbox', { name: said('product-name') }).fill('');
  await page.getByRole('textbox', { name: said('product-text') }).fill('');
  await save(page);
  const changed = await read(page, demo, id);
  expect(changed.names.es).toBeUndefined();
  expect(changed.names.ja).toBe(names.ja);
  expect(changed.tiers.map(({ unit_price }) => unit_price)).toEqual([...tiers.map(({ unit_price }) => unit_price), { micro: 7_150_000, currency: 'EUR' }].sort((a, b) => a.currency.localeCompare(b.currency)));

  await page.reload();
  await lookAt(page, 'product-in-two-currencies');
  await page.getByRole('button', { name: said('remove-what', { name: said.text('prices-in').replace('{ $currency }', '\u2068USD\u2069') }) }).click();
  await expect(page.getByRole('group', { name: said('prices-in', { currency: 'USD' }) })).toHaveCount(0);
  await page.getByRole('spinbutton', { name: said('moq-long') }).fill('');
  await page.getByRole('button', { name: said('save'), exact: true }).click();
  await expect(page.getByRole('spinbutton', { name: said('moq-long') })).toHaveAttribute('aria-invalid', 'true');
  await page.getByRole('spinbutton', { name: said('moq-long') }).fill('240');
  await save(page);
  expect((await read(page, demo, id)).tiers.map(({ unit_price }) => unit_price.currency)).toEqual(['EUR']);

  const pictures = page.getByRole('region', { name: said('pictures') });
  await pictures.getByLabel(said('picture-add')).setInputFiles('../docs/img/watch.png');
  const second = said.text('picture-number').replace('{ $number }', '\u20682\u2069');
  await pictures.getByRole('button', { name: said('picture-earlier', { name: second }) }).click();
  const before = changed.picture_ids;
  await expect.poll(async () => (await read(page, demo, id)).picture_ids.slice(1)).toEqual(before);
  await expect(pictures.getByRole('img').nth(1)).toHaveAttribute('src', new RegExp(before[0]!));
  await lookAt(page, 'product');
  await pictures.getByRole('button', { name: said('remove-what', { name: second }) }).click();
  await page.getByRole('dialog').getByRole('button', { name: said('remove') }).click();
  await expect.poll(async () => (await read(page, demo, id)).picture_ids.length).toBe(before.length);
  expect((await read(page, demo, id)).picture_ids).not.toEqual(before);
});

async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: said('save'), exact: true }).click();
  await expect(page.getByRole('status').filter({ hasText: said('saved') })).toBeVisible();
}
