import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BreakingDisk, hasCompiler } from '../../support/breaking-disk.ts';
import { eventually } from '../../support/eventually.ts';
import { BrowserHarness, CHROMIUM } from './browser-harness.ts';

/** The journal's disk hangs: consoles are still reached, and no packet becomes an alarm. */
describe.skipIf(CHROMIUM === null || !hasCompiler)(
  'the self-check before the operators (promises C17)',
  () => {
    const dir = mkdtempSync(join(tmpdir(), 'lifeline-page-self-check-'));
    let desk: BrowserHarness;
    let disk: BreakingDisk;
    let page: Page;
    beforeAll(async () => {
      disk = new BreakingDisk(dir);
      desk = await BrowserHarness.start({ ...disk.env, LIFELINE_PROBE_SECONDS: '2' });
      page = await desk.operator();
    });
    afterAll(async () => {
      disk?.mend();
      await desk?.end();
      rmSync(dir, { recursive: true, force: true });
    });

    const banner = (of: Page) => of.locator('[data-part=self-check-banner]');
    const readiness = async (): Promise<string> =>
      ((await (await fetch(`${desk.service.url}/readyz`)).json()) as { selfCheck: string }).selfCheck;
    async function picture(of: Page, name: string): Promise<void> {
      if (process.env.PICTURES)
        await of.screenshot({ path: `${process.env.PICTURES}/self-check-${name}.png` });
    }

    test('while it is well nothing is said of it', async () => {
      await eventually(async () => (await readiness()) === 'ok', 20_000);
      expect(await banner(page).count()).toBe(0);
    });

    test('three misses: a banner on a console that is still reached, in its language, above everything', async () => {
      disk.break({ call: 'fsync', of: 'journal.sqlite', with: 'hangs' });
      await banner(page).waitFor({ timeout: 60_000 });
      expect(await readiness()).toBe('failing');
      expect(await page.locator('[data-link=live]').count()).toBe(1);
      expect(await banner(page).getAttribute('role')).toBe('alert');
      expect(await banner(page).textContent()).toContain('系统自检失败');
      await picture(page, 'zh');
      await page.getByRole('button', { name: 'English' }).first().click();
      expect(await banner(page).textContent()).toContain('Self-check failed');
      await picture(page, 'en');
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      expect((await banner(page).boundingBox())?.y).toBeLessThan(200);
      await picture(page, 'phone');
    });

    test('the next that comes out takes it away', async () => {
      disk.mend();
      await banner(page).waitFor({ state: 'detached', timeout: 60_000 });
      expect(await readiness()).toBe('ok');
      expect(desk.faults).toEqual([]);
    });
  },
);
