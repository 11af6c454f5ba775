/** A host's show from the empty console to its end, with a buyer who watches. */
import type { Page } from '@playwright/test';
import { logIn, move } from '../support/console.ts';
import { expect, type Fair, OWNER, test } from '../support/fair.ts';
import { DESKTOP, expectMoving, lookAt } from '../support/looks.ts';
import { type Language, LANGUAGES, wordsOf } from '../support/words.ts';

const SHEET = [
  'sku,name_en,name_zh-CN,unit,moq,multiple,currency,min_1,price_1,min_2,price_2,lead_time_days,origin,stock',
  'HM-CLK-001,Learning clock with gears,齿轮学习钟,piece,144,12,USD,144,4.75,720,4.40,25,CN,3600',
  'HM-ABC-002,Wooden abacus,木制算盘,piece,96,12,USD,96,3.20,480,2.95,20,CN,1200',
].join('\n');
const WORDS: Record<Language, { title: string; product: string; other: string }> = {
  en: { title: 'Learning clocks from the showroom', product: 'Learning clock with gears', other: 'Wooden abacus' },
  'zh-CN': { title: '展厅直播：学习钟', product: '齿轮学习钟', other: '木制算盘' },
};

for (const language of LANGUAGES) {
  test.describe(language, () => {
    test.use({ locale: language, viewport: DESKTOP });

    test('a host plans, rehearses, goes live and ends a show', async ({ fair, page, browser }) => {
      const said = wordsOf(language, 'console');
      const watch = wordsOf(language, 'watch');
      const { title, product, other } = WORDS[language];
      await logIn(page, fair, language, OWNER);
      await fillCatalogue(page, fair);

      await page.getByRole('link', { name: said('show-plan') }).first().click();
      await page.getByRole('textbox', { name: said('show-title') }).fill(title);
      await page.getByRole('button', { name: said('show-plan-do') }).click();
      await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
      const event = new URL(page.url()).pathname.split('/')[3]!;

      for (const [name, sku] of [[product, 'HM-CLK-001'], [other, 'HM-ABC-002']] as const) {
        await page.getByRole('combobox', { name: said('run-add') }).selectOption({ label: `${name} · ${sku}` });
        await page.getByRole('button', { name: said('add') }).click();
        await expect(page.getByRole('listitem').filter({ hasText: name })).toBeVisible();
      }
      await timeSheet(page, language, product, other);
      await page.getByRole('button', { name: said('key-make') }).click();
      const key = await page.getByRole('status').filter({ hasText: said.text('key-once') }).getByRole('code').last().innerText();

      await move(page, language, 'schedule');
      await move(page, language, 'rehearse');
      await expect(page.getByText(said('show-state-rehearsing'))).toBeVisible();
      fair.publish(key);
      await expect(page.getByText(said('ready-all-rehearsing'))).toBeVisible();
      await expect(page.getByText(said('stream-state-live'))).toBeVisible();
      await lookAt(page, `show-${language}`);
      await move(page, language, 'stop-rehearsal');
      await move(page, language, 'go-live');

      await page.getByRole('link', { name: said('desk-open') }).click();
      await page.getByRole('button', { name: said('item-start-what', { title: product }) }).click();
      // At once: what goes on the air is pinned with it, and the pin by hand keeps its wish beside that.
      await page.getByRole('button', { name: said('pin-what', { title: other }) }).click();
      for (const name of [product, other]) await expect(page.getByRole('button', { name: said('unpin-what', { title: name }) })).toBeVisible();
      await page.getByRole('button', { name: said('unpin-what', { title: other }) }).click();
      await expectMoving(page.locator('video'));

      const guest = await browser.newContext({ locale: language, viewport: DESKTOP });
      const buyer = await guest.newPage();
      await buyer.goto(`${fair.base}/e/${event}?lang=${language}`);
      await expect(buyer.getByRole('status').filter({ hasText: watch('state-live') })).toBeVisible();
      await expect(buyer.getByRole('region', { name: watch('pinned') }).getByRole('heading', { name: product })).toBeVisible();
      await expectMoving(buyer.locator('video'));
      await keepsItsProduct(buyer, page, language, [product, other]);
      await lookAt(page, `desk-live-${language}`);
      await leaveOut(page, language, other);
      await moderate(page, fair, event, language);

      await move(page, language, 'end');
      await expect(buyer.getByRole('heading', { name: watch('ended-title') })).toBeVisible();
      await expect(buyer.getByRole('status').filter({ hasText: watch('state-ended') })).toBeVisible();
      await lookAt(buyer, `ended-${language}`);
      await guest.close();
    });
  });
}

/** Gives an item other minutes, takes the other off the sheet and adds it again. */
async function timeSheet(page: Page, language: Language, product: string, other: string): Promise<void> {
  const said = wordsOf(language, 'console');
  await page.getByRole('spinbutton', { name: said('run-minutes-what', { title: product }) }).fill('5');
  await page.getByRole('spinbutton', { name: said('run-minutes-what', { title: other }) }).fill('12');
  await expect(page.getByText('+5′')).toBeVisible();
  await page.getByRole('button', { name: said('item-remove-what', { title: other }) }).click();
  await expect(page.getByRole('listitem').filter({ hasText: other })).toBeHidden();
  await page.getByRole('combobox', { name: said('run-add') }).selectOption({ label: `${other} · HM-ABC-002` });
  await page.getByRole('button', { name: said('add') }).click();
  await expect(page.getByRole('listitem').filter({ hasText: other })).toBeVisible();
}

/** A question stays about the product it was begun about, whatever the host shows meanwhile. */
async function keepsItsProduct(buyer: Page, desk: Page, language: Language, [first, second]: [string, string]): Promise<void> {
  const [watch, said] = [wordsOf(language, 'watch'), wordsOf(language, 'console')];
  const about = (product: string) => buyer.getByText(watch('about', { product }));
  const field = buyer.getByRole('textbox', { name: watch('ask-label') });
  await expect(about(first)).toBeVisible();
  await field.fill('MOQ?');
  await desk.getByRole('button', { name: said('pin-what', { title: second }) }).click();
  await desk.getByRole('button', { name: said('unpin-what', { title: first }) }).click();
  await expect(buyer.getByRole('region', { name: watch('pinned') }).getByRole('heading', { name: second })).toBeVisible();
  await expect(about(first)).toBeVisible();
  await field.fill('');
  await expect(about(second)).toBeVisible();
  await desk.getByRole('button', { name: said('unpin-what', { title: second }) }).click();
}

/** Skips an item, takes it up again, and takes it off the sheet. */
async function leaveOut(page: Page, language: Language, title: string): Promise<void> {
  const said = wordsOf(language, 'console');
  const item = page.getByRole('listitem').filter({ has: page.getByText(title, { exact: true }) });
  await item.getByRole('button', { name: said('more-of', { title }) }).click();
  await item.getByRole('button', { name: said('item-skip-what', { title }) }).click();
  await item.getByRole('button', { name: said('item-take-up-what', { title }) }).click();
  await item.getByRole('button', { name: said('item-start-what', { title }) }).waitFor();
  await item.getByRole('button', { name: said('item-remove-what', { title }) }).click();
  await expect(item).toBeHidden();
}

/** A guest's line is taken away and shown again; the guest is silenced and let write again. */
async function moderate(page: Page, fair: Fair, event: string, language: Language): Promise<void> {
  const said = wordsOf(language, 'console');
  const [name, text] = ['Pat', 'Cheaper elsewhere'];
  const room = `${fair.base}/api/v1/rooms/${event}`;
  const send = (path: string, data: object, token?: string) =>
    fetch(room + path, { method: 'POST', body: JSON.stringify(data), headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) } });
  const { token } = (await (await send('/tokens', { lang: 'en', name })).json()) as { token: string };
  expect((await send('/messages', { id: crypto.randomUUID(), text }, token)).status).toBe(202);
  const line = page.getByRole('list', { name: said('chat') }).getByRole('listitem').filter({ hasText: text });
  await line.getByRole('button', { name: said('chat-remove', { name }) }).click();
  await expect(line).toBeHidden();
  await page.locator('summary').first().click();
  await page.getByRole('button', { name: said('chat-restore-what', { name }) }).click();
  await line.getByRole('button', { name: said('chat-mute', { name }) }).click();
  await expect(line.getByRole('button', { name: said('chat-mute', { name }) })).toBeHidden();
  // Whoever comes to the desk later finds the silenced, too.
  await page.reload();
  await expect(line).toBeVisible();
  await page.locator('summary').first().click();
  await page.getByRole('button', { name: said('chat-unmute-what', { name }) }).click();
  await expect(line.getByRole('button', { name: said('chat-mute', { name }) })).toBeVisible();
}

/** One product by the sheet import, published. */
async function fillCatalogue(page: Page, fair: Fair): Promise<void> {
  const headers = { Origin: fair.base };
  const post = async (path: string, more: object) => {
    const response = await page.request.post(`${fair.base}/api/v1${path}`, { headers, ...more });
    expect(response.ok(), `${path}: ${await response.text()}`).toBe(true);
    return response;
  };
  const file = { name: 'products.csv', mimeType: 'text/csv', buffer: Buffer.from(SHEET) };
  const dry = (await (await post('/product-imports', { multipart: { file } })).json()) as { id: string };
  await post(`/product-imports/${dry.id}/apply`, { data: {} });
  const products = (await (await page.request.get(`${fair.base}/api/v1/products`)).json()) as { items: { id: string }[] };
  for (const { id } of products.items) await post(`/products/${id}/publish`, { data: {} });
}
