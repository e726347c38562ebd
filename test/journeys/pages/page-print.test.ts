import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserHarness, CHROMIUM, row } from './browser-harness.ts';

describe.skipIf(CHROMIUM === null)('on paper', () => {
  let desk: BrowserHarness;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    await desk.gas('P-1', 60);
  }, 60_000);
  afterAll(() => desk?.end());

  it('the curve of an alarm’s file is drawn for white paper before it is printed, whatever the screen shows', async () => {
    const page = await desk.operator({ colorScheme: 'dark' });
    await row(page, 'P-1').waitFor();
    const { items } = await desk.api.get<{ items: { id: string }[] }>('/alarms');
    await page.goto(`${desk.service.url}/alarms/${items[0]?.id}`);
    await page.locator('[data-part=alarm-file] canvas').waitFor();
    await page.evaluate(() => {
      const seen = globalThis as unknown as { printed?: unknown };
      const onScreen = document.querySelector('[data-part=alarm-file] canvas');
      // After the page's own listener, and what it set off.
      addEventListener('beforeprint', () => {
        seen.printed = {
          theme: document.documentElement.dataset.theme,
          anew: document.querySelector('[data-part=alarm-file] canvas') !== onScreen,
        };
      });
    });
    await page.pdf();
    expect(await page.evaluate(() => (globalThis as unknown as { printed?: unknown }).printed)).toEqual({
      theme: 'light',
      anew: true,
    });
  }, 60_000);

  it('the hand-over sheet carries the seal of the audit, which is a button on the screen', async () => {
    const page = await desk.operator({}, `${desk.service.url}/handover`);
    const seal = page.locator('.anchor');
    await seal.waitFor();
    await page.emulateMedia({ media: 'print' });
    expect(await seal.locator('button').isVisible()).toBe(true);
    expect(((await seal.textContent()) ?? '').trim().length).toBeGreaterThan(20);
    expect(desk.faults).toEqual([]);
  }, 60_000);
});
