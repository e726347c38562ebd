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
    expect(await page.locator('.opblock').count()).toBe(Object.keys(ROUTES).length);
    expect(await page.locator('.errors-wrapper').count()).toBe(0);
    await page.locator('#operations-alarms-acknowledge button').first().click();
    await page.waitForSelector('#operations-alarms-acknowledge .responses-table');
    expect(faults).toEqual([]);
  });
});
