/** What a journey proves about a page besides its words: the picture moves, nobody is shut out, and how it looks. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };
export const TABLET = { width: 820, height: 1180 };

/** The clock of the video runs, and two samples of its picture differ. */
export async function expectMoving(video: Locator): Promise<void> {
  const timeOf = () => video.evaluate((element: HTMLVideoElement) => (element.readyState >= 2 ? element.currentTime : 0));
  await expect.poll(timeOf, { timeout: 30_000 }).toBeGreaterThan(0);
  const [time, picture] = [await timeOf(), await sampleOf(video)];
  await expect.poll(timeOf).toBeGreaterThan(time + 0.5);
  expect(difference(picture, await sampleOf(video)), 'pixels that changed').toBeGreaterThan(20);
}

function sampleOf(video: Locator): Promise<number[]> {
  return video.evaluate((element: HTMLVideoElement) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 96, height: 54 });
    const context = canvas.getContext('2d')!;
    context.drawImage(element, 0, 0, canvas.width, canvas.height);
    return [...context.getImageData(0, 0, canvas.width, canvas.height).data];
  });
}

function difference(one: number[], other: number[]): number {
  return one.filter((value, at) => Math.abs(value - other[at]!) > 16).length;
}

/** No violation of the rules of WCAG 2.2 AA and of good practice. */
export async function expectAccessible(page: Page): Promise<void> {
  expect(await violations(page)).toEqual([]);
}

/** What axe says against the page. */
export async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary ?? ''}`).join('; ')}`);
}

/** What axe says against the page, and whether it is wider than the window. */
export async function faultsOf(page: Page): Promise<string[]> {
  return [...(await violations(page)), ...(await beyond(page))];
}

/** Whether the page is wider than the window. */
export async function beyond(page: Page): Promise<string[]> {
  const pixels = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return pixels > 0 ? [`${pixels} pixels beyond the window`] : [];
}

/** Pictures of the page on a desktop and on a phone, in the light and in the dark, and what is wrong with it there. */
export async function looksOf(page: Page, name: string, fullPage = false): Promise<string[]> {
  const before = page.viewportSize() ?? DESKTOP;
  const faults: string[] = [];
  for (const [size, viewport] of [['desktop', DESKTOP], ['phone', PHONE]] as const) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const look = `${name}-${colorScheme}-${size}`;
      await page.screenshot({ path: `test-results/looks/${look}.png`, fullPage });
      // Colours do not move and places do not change colour: each is asked about once.
      const found = (size === 'desktop') === (colorScheme === 'light') ? await faultsOf(page) : await beyond(page);
      faults.push(...found.map((fault) => `${look}: ${fault}`));
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  await page.setViewportSize(before);
  return faults;
}

/** Nothing is wrong with the page as it looks now. */
export async function lookAt(page: Page, name: string): Promise<void> {
  expect(await looksOf(page, name)).toEqual([]);
}
