import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildConsole } from '../../../scripts/build-console.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';
import { CHROMIUM } from './browser-harness.ts';
import { launch, logIn, visit } from './page-browser.ts';

describe.skipIf(CHROMIUM === null)('the first minute of a new user', () => {
  let edge: EdgeHarness;
  let browser: Browser;
  beforeAll(async () => {
    await buildConsole();
    edge = await EdgeHarness.open({
      consoleDir: join(import.meta.dirname, '../../../dashboards/console/dist'),
      adminPassword: null,
    });
    browser = await launch(CHROMIUM as string);
  });
  afterAll(async () => {
    await browser?.close();
    await edge?.close();
  });

  it('the one-time code leads to a password of their own, and then to what to do next', async () => {
    const { page, faults } = await visit(browser, edge.url);
    await logIn(page, 'admin', edge.oneTimeCode as string);
    await page.waitForSelector('input[name=new-password]:focus');
    const set = async (next: string, repeat: string): Promise<void> => {
      await page.fill('input[name=new-password]', next);
      await page.fill('input[name=repeat-password]', repeat);
      await page.click('[type=submit]');
    };
    const refused = page.locator('[role=alert]:not(.empty)');
    await set('Bozhou-2026-watch', 'Bozhou-2026-wacht');
    await expect.poll(() => refused.textContent()).toContain('不一致');
    await set('short', 'short');
    // In words that say what would be right, and not in a code.
    await expect.poll(() => refused.textContent()).toMatch(/密码.*\d/);
    await set('Bozhou-2026-watch', 'Bozhou-2026-watch');
    const next = page.locator('[data-part=first-point]');
    await next.waitFor();
    expect(await next.locator('code').textContent()).toMatch(
      /^mosquitto_pub -h 127\.0\.0\.1 .*lifeline\/v1\/gas\/GAS-1\/telemetry -m '\{"values":\{"ch4":60\}\}'$/,
    );
    await edge.flow.telemetry('gas', 'GAS-1', { values: { ch4: 60 } });
    await page.locator('.list [data-point="GAS-1"]').first().waitFor();
    await page.keyboard.press('a');
    await page.locator('.list [data-point="GAS-1"][data-state=acked]').first().waitFor();
    expect(faults).toEqual([]);
  });
});
