/** A buyer behind a proxy that lets no WebSocket through: the room works all the same, and nothing is said about it. */
import { expect, liveShow, test } from '../support/fair.ts';
import { wordsOf } from '../support/words.ts';

const watch = wordsOf('en', 'watch');

test('without WebSockets the room comes over an event stream', async ({ demo, page, browser }) => {
  const event = await liveShow(demo);
  // Closed before it opens, as a proxy's refusal looks to a page.
  await page.addInitScript(() => {
    const Native = window.WebSocket;
    window.WebSocket = class extends Native {
      constructor() {
        super(`ws://${location.host}/no-such-path`);
      }
    } as typeof WebSocket;
  });
  const troubles: string[] = [];
  await page.exposeFunction('tellTrouble', (text: string) => troubles.push(text));
  await page.addInitScript(() => {
    new MutationObserver(() => {
      const note = document.querySelector('.lf-foot .lf-note')?.textContent;
      if (note) void (window as unknown as { tellTrouble: (text: string) => void }).tellTrouble(note);
    }).observe(document, { subtree: true, childList: true });
  });
  const stream = page.waitForResponse((response) => response.url().includes(`/rooms/${event}/events?ticket=`) && response.status() === 200);
  await page.goto(`${demo.base}/e/${event}?lang=en`);
  await stream;
  await expect(page.getByText(/watching$/)).toBeVisible();

  await page.getByRole('tab', { name: watch('chat') }).click();
  await page.getByRole('textbox', { name: watch('chat-label') }).fill('Hello from behind the proxy');
  await page.getByRole('textbox', { name: watch('your-name') }).fill('Maya Ortiz');
  await page.getByRole('button', { name: watch('send') }).click();

  const other = await (await browser.newContext()).newPage();
  await other.goto(`${demo.base}/e/${event}?lang=en`);
  await other.getByRole('tab', { name: watch('chat') }).click();
  await expect(other.getByText('Hello from behind the proxy')).toBeVisible();
  await other.context().close();

  await page.getByRole('tab', { name: watch('questions') }).click();
  await page.getByRole('textbox', { name: watch('ask-label') }).fill('Does the stream carry my question?');
  await page.getByRole('button', { name: watch('send') }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Does the stream carry my question?' }).getByText(watch('waiting'))).toBeVisible();
  expect(troubles).toEqual([]);
});
