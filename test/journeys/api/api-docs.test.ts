import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROUTES } from '../../../src/wire/http/routes.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';
import { findChromium, launch, visit } from '../pages/page-browser.ts';

const executable = findChromium();

describe.skipIf(executable === null)('/docs in a browser', () => {
  let edge: EdgeHarness;
  let browser: Browser;
  beforeAll(async () => {
    [edge, browser] = await Promise.all([EdgeHarness.open(), launch(executable as string)]);
  });
  afterAll(async () => {
    await browser?.close();
    await edge?.close();
  });

  test('shows every operation, asks no other host, and breaks no policy', async () => {
    const { page, faults } = await visit(browser, `${edge.url}/docs`);
    await page.waitForSelector('.opblock');
    // Of many operations those alone are drawn that are in sight.
    const seen = new Set<string>();
    const lookOn = async () => {
      for (const id of await page.locator('.opblock').evaluateAll((all) => all.map((o) => o.id)))
        seen.add(id);
      await page.mouse.wheel(0, 600);
      return seen.size;
    };
    await expect.poll(lookOn, { timeout: 60_000, interval: 20 }).toBe(Object.keys(ROUTES).length);
    const one = page.locator('#operations-alarms-acknowledge');
    const lookBack = async () => {
      if ((await one.count()) === 0) await page.mouse.wheel(0, -400);
      return one.count();
    };
    await expect.poll(lookBack, { timeout: 60_000, interval: 20 }).toBe(1);
    expect(await page.locator('.errors-wrapper').count()).toBe(0);
    await one.locator('button').first().click();
    await page.waitForSelector('#operations-alarms-acknowledge .responses-table');
    expect(faults).toEqual([]);
  }, 90_000);
});
