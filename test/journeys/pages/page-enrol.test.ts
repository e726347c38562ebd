import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildConsole } from '../../../scripts/build-console.ts';
import { stepAt, totp } from '../../../src/adapters/accounts/totp.ts';
import { minutes } from '../../../src/domain/time.ts';
import { EdgeHarness, PASSWORD } from '../../support/edge-harness.ts';
import { CHROMIUM } from './browser-harness.ts';
import { launch, logIn, visit } from './page-browser.ts';

describe.skipIf(CHROMIUM === null)('a page left open before its second factor was set up', () => {
  let edge: EdgeHarness;
  let browser: Browser;
  beforeAll(async () => {
    await buildConsole();
    edge = await EdgeHarness.open({
      consoleDir: join(import.meta.dirname, '../../../dashboards/console/dist'),
      login: { secondFactorFor: ['operator'] },
    });
    await edge.person('li', ['operator']);
    browser = await launch(CHROMIUM as string);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await edge?.close();
  });

  const alert = (page: Page) => page.locator('[role=alert]:not(:empty)');
  const key = async (page: Page) => ((await page.locator('[data-part=secret]').textContent()) ?? '').trim();

  test('asks for the password, says when it is wrong, and then goes on as ever', async () => {
    const { page, faults } = await visit(browser, edge.url);
    await logIn(page, 'li', PASSWORD);
    const first = await key(page);
    edge.flow.clock.forward(minutes(11));
    await page.fill('input[name=otp]', totp(first, stepAt(edge.flow.clock.now())));
    await page.keyboard.press('Enter');
    expect(await alert(page).textContent()).toContain('十分钟');
    await page.getByRole('button', { name: '重新开始' }).click();
    await page.fill('input[name=password]', 'not the one');
    await page.keyboard.press('Enter');
    expect(await alert(page).textContent()).toContain('密码错误');
    await page.fill('input[name=password]', PASSWORD);
    await page.keyboard.press('Enter');
    const second = await key(page);
    expect(second).not.toBe(first);
    await page.fill('input[name=otp]', totp(second, stepAt(edge.flow.clock.now())));
    await page.keyboard.press('Enter');
    await page.locator('[data-part=recovery-codes] li').first().waitFor();
    expect(faults).toEqual([]);
  }, 60_000);
});
