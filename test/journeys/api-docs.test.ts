import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROUTES } from '../../src/wire/http/routes.ts';
import { House } from '../support/house.ts';
import { findChromium, launch, visit } from './page-browser.ts';

const executable = findChromium();

describe.skipIf(executable === null)('/docs in a browser', () => {
  let house: House;
  let browser: Browser;
  beforeAll(async () => {
    [house, browser] = await Promise.all([House.open(), launch(executable as string)]);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  test('shows every operation, asks no other host, and breaks no policy', async () => {
    const { page, faults } = await visit(browser, `${house.url}/docs`);
    await page.waitForSelector('.opblock');
    expect(await page.locator('.opblock').count()).toBe(Object.keys(ROUTES).length);
    expect(await page.locator('.errors-wrapper').count()).toBe(0);
    await page.locator('#operations-alarms-acknowledge button').first().click();
    await page.waitForSelector('#operations-alarms-acknowledge .responses-table');
    expect(faults).toEqual([]);
  });
});
