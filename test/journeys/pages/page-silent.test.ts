import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildConsole } from '../../../scripts/build-console.ts';
import { EdgeHarness, PASSWORD } from '../../support/edge-harness.ts';
import { CHROMIUM, row } from './browser-harness.ts';
import { launch, logIn, visit } from './page-browser.ts';

const MINUTE = 60_000;

/** The service's own clock is moved here, as nobody waits two hours for a sensor to be missed. */
describe.skipIf(CHROMIUM === null)('A15: a device falls silent', () => {
  let edge: EdgeHarness;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    await buildConsole();
    edge = await EdgeHarness.open({
      consoleDir: join(import.meta.dirname, '../../../dashboards/console/dist'),
    });
    browser = await launch(CHROMIUM as string);
  });
  afterAll(async () => {
    await browser?.close();
    await edge?.close();
  });

  it('shows its value grey with its age, and says that the data are interrupted', async () => {
    await edge.flow.telemetry('gas', 'QUIET-1', { values: { ch4: 60 } });
    ({ page } = await visit(browser, edge.url));
    await logIn(page, 'admin', PASSWORD);
    const mine = row(page, 'QUIET-1').first();
    await mine.waitFor();
    expect(await mine.locator('.stale').count()).toBe(0);
    for (let i = 0; i < 24 * 8 && !edge.flow.open('QUIET-1').some((a) => a.dataInterrupted); i++)
      await edge.flow.pass(30 * MINUTE);
    expect(edge.flow.open('QUIET-1').some((a) => a.dataInterrupted)).toBe(true);
    const interrupted = page.locator('.list [data-point="QUIET-1"]', { hasText: '60 %LEL' });
    await expect.poll(() => interrupted.locator('.stale').count()).toBe(1);
    await expect.poll(() => interrupted.textContent()).toMatch(/数据中断/);
    expect(await interrupted.textContent()).toMatch(/(分钟|小时 \d+ 分|天 \d+ 小时)前/);
  });
});
