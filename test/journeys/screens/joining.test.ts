import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { BrowserHarness, CHROMIUM } from '../pages/browser-harness.ts';
import { axeFindings } from '../pages/page-axe.ts';

const FIRST = {
  vendor: 'X',
  result: {
    rows: [
      {
        imei: '861050042916166',
        name: '7 号下穿',
        time: '2026-08-01 09:02:00',
        data: { lvl: 42, bat: 88, memo: 'ok' },
      },
    ],
  },
};

/** From an unknown JSON to a live curve, by a person at the page alone. */
describe.skipIf(CHROMIUM === null)('a device of a vendor that nobody has heard of', () => {
  let desk: BrowserHarness;
  let page: Page;
  beforeAll(async () => {
    desk = await BrowserHarness.start({ LIFELINE_AUTO_REGISTER: 'false' });
    page = await desk.operator({ viewport: { width: 1366, height: 768 } });
  });
  afterAll(() => desk?.end());

  const picture = async (name: string): Promise<void> => {
    if (process.env.PICTURES)
      await page.screenshot({ path: `${process.env.PICTURES}/joining-${name}.png`, fullPage: true });
  };
  const part = (name: string) => page.locator(`[data-part=${name}]`);
  const push = (level: number, at: Date) => {
    const [row] = FIRST.result.rows;
    const time = new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
    return desk.api.post('/doors/vendor-x', {
      ...FIRST,
      result: { rows: [{ ...row, time, data: { lvl: level, bat: 88, memo: 'ok' } }] },
    });
  };

  test('is brought in from the page: paste, try, keep, register, and its curve lives', async () => {
    const began = Date.now();
    await page.goto(`${desk.service.url}/joining`);
    await page.locator('textarea[name=packet]').fill(JSON.stringify(FIRST, null, 2));
    await page.locator('[data-part=new-mapping] select[name=lifeline]').selectOption('waterlogging');
    await page.locator('input[name=mapping]').fill('vendor-x');
    await part('look').click();
    expect(await part('value').count()).toBe(2);
    const level = page.locator('[data-part=value][data-at="data/lvl"]');
    expect(await level.locator('select').first().inputValue()).toBe('level');
    await level.locator('select').nth(1).selectOption('cm');
    await picture('chosen');
    await part('try').click();
    await part('unknown').waitFor();
    expect(await part('unknown').textContent()).toContain('861050042916166');
    await part('keep').click();
    await part('door').waitFor();
    await part('adopt-tried').click();
    await part('reading').first().waitFor();
    expect(await part('tried').textContent()).toContain('0.42');
    await picture('kept');
    // Now the vendor pushes.
    for (const [i, cm] of [40, 41, 43].entries())
      expect((await push(cm, new Date(Date.now() - (3 - i) * 1_000))).status).toBe(200);
    await page.locator('[data-part=reading][data-metric=level] [data-part=curve]').click();
    await page.locator('canvas').first().waitFor();
    await eventually(async () => {
      const answer = await desk.api.get('/points/861050042916166/latest');
      return JSON.stringify(answer).includes('0.43');
    });
    await picture('curve');
    console.log(
      `criterion 5: from the empty page to the curve in ${((Date.now() - began) / 1_000).toFixed(1)} s of a browser driven by a program`,
    );
    expect(desk.faults).toEqual([]);
  });

  test('strangers that push are listed, and one click registers them', async () => {
    await page.goto(`${desk.service.url}/joining`);
    const stranger = {
      ...FIRST,
      result: { rows: [{ imei: 'NEW-7', time: '2026-08-01 09:02:00', data: { lvl: 7 } }] },
    };
    expect((await desk.api.post('/doors/vendor-x', stranger)).status).toBe(200);
    const listed = page.locator('[data-part=stranger][data-device="NEW-7"]');
    await listed.waitFor({ timeout: 30_000 });
    expect(await listed.locator('select').inputValue()).toBe('waterlogging');
    await picture('strangers');
    for (const theme of ['light', 'dark'] as const)
      expect(await axeFindings(page, theme, () => listed.waitFor({ timeout: 30_000 }))).toEqual([]);
    await listed.locator('[data-part=adopt]').click();
    await listed.waitFor({ state: 'detached' });
    expect(await desk.api.get('/points/NEW-7')).toMatchObject({ code: 'NEW-7', lifeline: 'waterlogging' });
  });

  test('what is wrong is said: no JSON, and a name that is none', async () => {
    await page.locator('textarea[name=packet]').fill('{"a":');
    await part('look').click();
    expect(await part('wrong').textContent()).toContain('不是 JSON');
    await page.locator('textarea[name=packet]').fill(JSON.stringify(FIRST));
    await page.locator('input[name=mapping]').fill('Not A Name');
    await part('look').click();
    await part('keep').click();
    await part('wrong').waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    await picture('phone');
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });
});
