/** A buyer on the demo: sees the picture move, asks and is answered, orders, and opens the letter with the order. */
import type { Page } from '@playwright/test';
import { expect, type Fair, liveShow, test } from '../support/fair.ts';
import { DESKTOP, expectMoving, lookAt } from '../support/looks.ts';
import { type Language, LANGUAGES, wordsOf } from '../support/words.ts';
import { logIn } from '../support/console.ts';

const DESK = { email: 'owner@example.com', password: 'porcelain-and-cobalt' };
const WORDS: Record<Language, { question: string; answer: string }> = {
  en: { question: 'Is the paint certified for children under three?', answer: 'Yes, EN 71-3; we send the report with the quote.' },
  'zh-CN': { question: '油漆适合三岁以下儿童吗？', answer: '适合，符合 EN 71-3，报告随报价一起发送。' },
};

for (const language of LANGUAGES) {
  test.describe(language, () => {
    test.use({ locale: language, viewport: DESKTOP });

    test('a buyer watches, asks, orders and finds the order again', async ({ demo, page, browser }) => {
      const watch = wordsOf(language, 'watch');
      const { question, answer } = WORDS[language];
      const event = await liveShow(demo);

      await page.goto(`${demo.base}/e/${event}?lang=${language}`);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await expect(page.getByRole('status').filter({ hasText: watch('state-live') })).toBeVisible();
      await expectMoving(page.locator('video'));

      await page.getByRole('textbox', { name: watch('ask-label') }).fill(question);
      await page.getByRole('textbox', { name: watch('your-name') }).fill('Maya Ortiz');
      await page.getByRole('button', { name: watch('send') }).click();
      const asked = page.getByRole('listitem').filter({ hasText: question });
      await expect(asked.getByText(watch('waiting'))).toBeVisible();

      const crew = await browser.newContext({ locale: language, viewport: DESKTOP });
      const desk = await crew.newPage();
      await logIn(desk, demo, language, DESK);
      await answerAtDesk(desk, demo, event, language);
      await expect(asked.getByText(answer)).toBeVisible();
      await lookAt(desk, `desk-${language}`);
      await crew.close();

      await lookAt(page, `watch-${language}`);
      if (process.env.BLESS && language === 'en') {
        await page.screenshot({ path: '../docs/img/watch.png' });
      }

      const { number, deal } = await order(page, language);
      await deal.waitForLoadState();
      await expect(deal.getByRole('heading', { level: 1, name: watch('deal-title') })).toBeVisible();
      await expect(deal.getByText(number)).toBeVisible();
      await lookAt(deal, `deal-${language}`);
    });
  });
}

async function answerAtDesk(desk: Page, demo: Fair, event: string, language: Language): Promise<void> {
  const said = wordsOf(language, 'console');
  const { question, answer } = WORDS[language];
  await desk.goto(`${demo.base}/console/shows/${event}/desk`);
  await desk.getByRole('button', { name: question }).click();
  await desk.getByRole('textbox', { name: said('answer-in') }).fill(answer);
  await desk.getByRole('button', { name: said('answer-public') }).click();
  await desk.getByRole('tab', { name: new RegExp(`^${said.text('questions-answered')} `) }).click();
  await expect(desk.getByText(answer)).toBeVisible();
}

/** Orders what the offer suggests; gives the number and the page with the letter. */
async function order(page: Page, language: Language): Promise<{ number: string; deal: Page }> {
  const watch = wordsOf(language, 'watch');
  await page.getByRole('button', { name: watch('order-now') }).click();
  const form = page.getByRole('dialog');
  await form.getByRole('textbox', { name: watch('company') }).fill('Juguetes Ortiz SL');
  await form.getByRole('textbox', { name: watch('your-name') }).fill('Maya Ortiz');
  await form.getByRole('textbox', { name: watch('email') }).fill('maya@example.com');
  await form.getByRole('combobox', { name: watch('country') }).selectOption('ES');
  await form.getByRole('button', { name: watch('order-send') }).click();
  await expect(form.getByRole('heading', { name: watch('order-done') })).toBeVisible();
  const number = await form.getByText(watch('order-number')).locator('xpath=following-sibling::p[1]').innerText();
  expect(number).toMatch(/\d/);
  const [deal] = await Promise.all([page.waitForEvent('popup'), form.getByRole('link', { name: watch('order-see') }).click()]);
  return { number, deal };
}
