/** The desk in a lively room, by keyboard: questions come through the talk, and a private answer stays private. */
import type { Page } from '@playwright/test';
import { logIn } from '../support/console.ts';
import { expect, type Fair, liveShow, test } from '../support/fair.ts';
import { DESKTOP, lookAt } from '../support/looks.ts';
import { wordsOf } from '../support/words.ts';

interface Question { text: string; state: string; answers: { text: string; public: boolean }[] }

const DEMO = { email: 'owner@example.com', password: 'porcelain-and-cobalt' };
const said = wordsOf('en', 'console');
test.use({ locale: 'en', viewport: DESKTOP });

test('by keyboard: a private answer stays private while the room talks and others ask', async ({ demo, page }) => {
  const event = await liveShow(demo);
  await logIn(page, demo, 'en', DEMO);
  await page.goto(`${demo.base}/console/shows/${event}/desk`);
  await expect(page.getByText(said('viewers', { count: '1' })).or(page.getByText(/viewers?$/)).first()).toBeVisible();
  const talkers = await Promise.all(['Pat', 'Kim', 'Sam', 'Lee', 'Ana', 'Joe'].map((name) => guest(demo, event, name)));
  let said_count = 0;
  const talk = setInterval(() => void talkers[said_count % talkers.length]!.post('/messages', { text: `Hello ${++said_count}` }), 250);
  try {
    const maya = await guest(demo, event, 'Maya');
    await maya.ask('Do you ship to Valencia?');
    await letIn(page, 'Do you ship to Valencia?');
    const question = page.getByRole('listitem').filter({ hasText: 'Do you ship to Valencia?' });
    await question.getByRole('button', { name: /Do you ship to Valencia/ }).click();
    const onlyAsker = question.getByRole('checkbox', { name: said('answer-only-asker') });
    await onlyAsker.check();
    await question.getByRole('button', { name: /Do you ship to Valencia/ }).focus();

    const ken = await guest(demo, event, 'Ken');
    await ken.ask('Is the paint water based?');
    await letIn(page, 'Is the paint water based?');
    await expect(onlyAsker).toBeChecked();

    // Enter on the question's own button answers it and does not close it.
    await question.getByRole('button', { name: /Do you ship to Valencia/ }).focus();
    await page.keyboard.press('Enter');
    await expect(question.getByRole('textbox', { name: said('answer-in') })).toBeFocused();
    await page.keyboard.type('Yes, by sea in 32 days.');
    await page.keyboard.press('Control+Enter');
    await expect.poll(async () => (await asked(page, demo, event, 'Do you ship to Valencia?'))?.answers).toMatchObject([{ text: 'Yes, by sea in 32 days.', public: false }]);

    await page.keyboard.press('Escape');
    for (let step = 0; step < 30 && !(await isChosen(page, 'Is the paint water based?')); step += 1) await page.keyboard.press('j');
    await page.keyboard.press('a');
    await expect.poll(async () => (await asked(page, demo, event, 'Is the paint water based?'))?.state).toBe('answered_on_air');
  } finally {
    clearInterval(talk);
  }
});

/** What is new waits for the key, and comes in within a moment although the room never rests. */
async function letIn(page: Page, text: string): Promise<void> {
  await expect(async () => {
    await page.keyboard.press('n');
    await expect(page.getByRole('button', { name: text })).toBeVisible({ timeout: 300 });
  }).toPass({ timeout: 8_000 });
}

const isChosen = (page: Page, text: string) => page.getByRole('button', { name: text, expanded: true }).isVisible();

async function asked(page: Page, demo: Fair, event: string, text: string): Promise<Question | undefined> {
  const { items } = (await (await page.request.get(`${demo.base}/api/v1/rooms/${event}/questions?limit=100`)).json()) as { items: Question[] };
  return items.find((question) => question.text === text);
}

async function guest(demo: Fair, event: string, name: string) {
  const post = (path: string, data: object, token?: string) =>
    fetch(`${demo.base}/api/v1/rooms/${event}${path}`, { method: 'POST', body: JSON.stringify(data), headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) } });
  const { token } = (await (await post('/tokens', { lang: 'en', name })).json()) as { token: string };
  return {
    post: (path: string, data: object) => post(path, { id: crypto.randomUUID(), ...data }, token),
    async ask(text: string) {
      expect((await post('/questions', { id: crypto.randomUUID(), text }, token)).status).toBeLessThan(300);
    },
  };
}

test('the sum is that of all orders', async ({ demo, page }) => {
  const event = await liveShow(demo);
  await logIn(page, demo, 'en', DEMO);
  const [offer] = ((await (await page.request.get(`${demo.base}/api/v1/offers?event=${event}`)).json()) as { items: (Offer & { min_quantity: number })[] }).items;
  const { min_quantity, unit_price } = offer!;
  for (const [place, company] of ['Ortiz SL', 'Sato KK'].entries()) {
    const buyer = { name: 'Maya', company, country: 'ES', lang: 'en', email: `buyer${place}@example.com` };
    const placed = await fetch(`${demo.base}/api/v1/offers/${offer!.id}/orders`, {
      method: 'POST', headers: { 'content-type': 'application/json', 'Idempotency-Key': crypto.randomUUID() }, body: JSON.stringify({ quantity: min_quantity, buyer }),
    });
    expect(placed.status, await placed.text()).toBe(201);
  }
  await page.goto(`${demo.base}/console/shows/${event}/desk`);
  const sum = (2 * min_quantity * unit_price.micro) / 1e6;
  const shown = new Intl.NumberFormat('en', { minimumFractionDigits: 2 }).format(sum);
  await expect(page.getByRole('region', { name: said('orders') }).getByText(`USD ${shown}`, { exact: true })).toBeVisible();
});

interface Offer { id: string; state: string; total: number; unit_price: { micro: number; currency: string }; starts_at: string; product: string }

test('an offer waits for its start, is changed meanwhile, and is ended', async ({ demo, page }) => {
  const event = await liveShow(demo);
  await logIn(page, demo, 'en', DEMO);
  const offers = async () => ((await (await page.request.get(`${demo.base}/api/v1/offers?event=${event}`)).json()) as { items: Offer[] }).items;
  const busy = (await offers()).map(({ product }) => product);
  const { items } = (await (await page.request.get(`${demo.base}/api/v1/catalogue?lang=en&limit=100`)).json()) as { items: { id: string; name: string }[] };
  const product = items.find(({ id }) => !busy.includes(id))!;
  const offer = async () => (await offers()).filter((other) => other.product === product.id);
  await page.goto(`${demo.base}/console/shows/${event}/desk`);

  await page.getByRole('combobox', { name: said('offer-new') }).selectOption({ label: product.name });
  await page.getByRole('spinbutton', { name: said('offer-total') }).fill('300');
  await page.getByRole('spinbutton', { name: said('offer-wait') }).fill('5');
  await lookAt(page, 'desk-offer');
  await page.getByRole('button', { name: said('offer-start') }).click();
  const card = page.getByRole('article', { name: product.name });
  await expect(card.getByText(/Starts in/)).toBeVisible();
  expect(await offer()).toMatchObject([{ state: 'active', total: 300, unit_price: { currency: 'USD' } }]);

  await card.getByRole('button', { name: said('offer-change-what', { title: product.name }) }).click();
  await card.getByRole('spinbutton', { name: said('offer-total') }).fill('240');
  await card.getByRole('spinbutton', { name: said('offer-wait') }).fill('2');
  await card.getByRole('button', { name: said('save') }).click();
  await expect.poll(async () => (await offer())[0]?.total).toBe(240);
  await card.getByRole('button', { name: said('offer-end-what', { title: product.name }) }).click();
  await expect(card).toBeHidden();
  expect(await offer()).toMatchObject([{ state: 'ended' }]);
});
