import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildConsole } from '../../../scripts/build-console.ts';
import { EdgeHarness, PASSWORD } from '../../support/edge-harness.ts';
import { CHROMIUM } from './browser-harness.ts';
import { launch, logIn, visit } from './page-browser.ts';

describe.skipIf(CHROMIUM === null)(
  'whoever takes a point out of service knows before what stays shown',
  () => {
    let browser: Browser;
    beforeAll(async () => {
      await buildConsole();
      browser = await launch(CHROMIUM as string);
    }, 60_000);
    afterAll(() => browser?.close());

    test.each([
      ['one person may hide red', {}, null, null],
      ['two must', { secondPersonForLevel1: true }, /红色报警照常显示.*两人搁置/, /stay shown.*two persons/],
      ['nobody may', { shelveLevel1: false }, /红色报警照常显示.*不得隐藏/, /stay shown.*nobody/],
    ] as const)(
      'where %s',
      async (_, rules, zh, en) => {
        const edge = await EdgeHarness.open({
          consoleDir: join(import.meta.dirname, '../../../dashboards/console/dist'),
          ...rules,
        });
        try {
          await edge.raise('GAS-1', 0);
          await edge.person('sun', ['maintainer']);
          for (const [language, words] of [
            ['中文', zh],
            ['English', en],
          ] as const) {
            const { page, faults } = await visit(browser, edge.url);
            if (language === 'English') await page.getByText('English').click();
            await logIn(page, 'sun', PASSWORD);
            await page.locator('[data-link=live]').waitFor();
            await page.goto(`${edge.url}/points/GAS-1`);
            await page.locator('[data-part=maintain]').click();
            await page.locator('dialog [name=reason]').waitFor();
            const said = page.locator('dialog [data-part=stays-red]');
            if (words === null) expect(await said.count()).toBe(0);
            else expect(await said.textContent()).toMatch(words);
            expect(faults).toEqual([]);
          }
        } finally {
          await edge.close();
        }
      },
      60_000,
    );
  },
);
