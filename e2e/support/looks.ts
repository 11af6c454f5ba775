/** What a journey proves about a page besides its words: the picture moves, nobody is shut out, and how it looks. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

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

/** Pictures of the page on a phone and on a desktop, where it is checked too. */
export async function lookAt(page: Page, name: string): Promise<void> {
  for (const [size, viewport] of [['phone', PHONE], ['desktop', DESKTOP]] as const) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: `test-results/looks/${name}-${size}.png` });
  }
  await expectAccessible(page);
}
