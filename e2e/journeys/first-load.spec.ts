/** What a buyer's phone loads before the player's engine: every script of the live page, as it came over the wire. */
import { expect, liveShow, test } from '../support/fair.ts';
import { expectMoving } from '../support/looks.ts';

const LIMIT_BYTES = 30_000;

test('a live page runs on 30,000 bytes of scripts, and the player comes after', async ({ demo, page, request }) => {
  const event = await liveShow(demo);
  const scripts = new Set<string>();
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script' || response.url().endsWith('.js')) scripts.add(response.url());
  });
  await page.goto(`${demo.base}/e/${event}?lang=en`);
  await expectMoving(page.locator('video'));
  await expect(page.getByRole('button', { name: 'Order now' })).toBeVisible();

  const [engine, ...others] = [...scripts].sort((one) => (one.includes('hls') ? -1 : 1));
  expect(engine).toContain('/hls.light-');
  expect(others.filter((url) => url.includes('hls'))).toEqual([]);
  const sizes: Record<string, number> = {};
  for (const url of others) {
    // Gzip, which every network passes on; a browser that takes brotli gets less.
    const response = await request.get(url, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(response.headers()['content-encoding'], url).toBe('gzip');
    sizes[new URL(url).pathname] = Number(response.headers()['content-length']);
  }
  const all = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  expect(all, JSON.stringify(sizes)).toBeLessThanOrEqual(LIMIT_BYTES);
  expect(all).toBeGreaterThan(10_000);
});
