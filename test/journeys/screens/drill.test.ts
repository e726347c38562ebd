import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildConsole } from '../../../scripts/build-console.ts';
import { EdgeHarness, PASSWORD } from '../../support/edge-harness.ts';
import { CHROMIUM } from '../pages/browser-harness.ts';
import { launch, logIn, visit } from '../pages/page-browser.ts';

const WELLS = [0, 1, 2, 3].map((i) => ({ code: `W${i}`, lat: (33.85 + i * 0.0009).toFixed(5) }));

/** The service's own clock is moved here: a scenario takes a quarter of an hour. */
describe.skipIf(CHROMIUM === null)('a drill at the desk', () => {
  let edge: EdgeHarness;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    await buildConsole();
    edge = await EdgeHarness.open({
      consoleDir: join(import.meta.dirname, '../../../dashboards/console/dist'),
    });
    const wells = WELLS.flatMap(({ code, lat }) => [
      `asset,${code},井${code},,gas,341602,,,115.78000,${lat},CGCS2000`,
      `point,P-${code},点${code},,gas,341602,${code},,115.78000,${lat},CGCS2000`,
      `device,D-${code},,,gas,,,P-${code},,,`,
    ]);
    await edge.ask('importRegister', {
      csv: `kind,code,name,parent,lifeline,area,asset,point,lon,lat,crs\narea,3416,亳州市,,,,,,,,\narea,341602,谯城区,3416,,,,,,,\n${wells.join('\n')}\n`,
    });
    await edge.ask('createUnit', {
      body: { code: 'gas-crew', name: '燃气抢险队', kind: 'crew' },
    });
    await edge.person('crew', ['crew'], null, 'gas-crew');
    browser = await launch(CHROMIUM as string);
    ({ page } = await visit(browser, edge.url));
    await logIn(page, 'admin', PASSWORD);
    await page.locator('[data-link=live]').waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await edge?.close();
  });
  const part = (name: string) => page.locator(`[data-part=${name}]`);
  const picture = async (name: string, of: Page = page): Promise<void> => {
    if (process.env.PICTURES)
      await of.screenshot({ path: `${process.env.PICTURES}/drill-${name}.png`, fullPage: true });
  };

  it('is begun at the page, and every screen says that one runs; its alarms stand beside no real one', async () => {
    await page.goto(`${edge.url}/drills`);
    await part('begin').click();
    await page
      .locator('dialog[open] select[name=scenario] option[value=gas-leak]')
      .waitFor({ state: 'attached' });
    await page.locator('dialog[open] select[name=scenario]').selectOption('gas-leak');
    await page.locator('dialog[open] select[name=area]').selectOption('341602');
    await page.locator('dialog[open] button[type=submit]').click();
    await part('drill-file').waitFor();
    for (let s = 0; s < 14 * 6; s++) await edge.flow.pass(10_000);
    await part('drill-alarms').locator('[data-alarm]').first().waitFor();
    expect(await part('drill-alarms').locator('[data-part=drill-mark]').count()).toBe(
      await part('drill-alarms').locator('[data-alarm]').count(),
    );
    await page.goto(`${edge.url}/`);
    await part('drill-banner').waitFor();
    await page.locator('.list, [data-part=calm]').first().waitFor();
    expect(await page.locator('.list [data-alarm], .list [data-point]').count()).toBe(0);
  });

  it('its alarm and its order carry the mark on their own pages, on paper, and on the phone of a crew', async () => {
    await page.goto(`${edge.url}/drills`);
    await page.locator('[data-part=drills] a').first().click();
    const first = part('drill-alarms').locator('[data-alarm]').first();
    await first.waitFor();
    const alarm = (await first.getAttribute('data-alarm')) ?? '';
    await first.locator('[data-part=ack]').click();
    await page.locator(`[data-alarm="${alarm}"][data-state=acked]`).waitFor();
    const order = await edge.ask('createOrder', {
      body: { source: { kind: 'alarm', id: alarm }, unit: 'gas-crew', commandId: 'd-1' },
    });
    expect(order.json.drill).toBeDefined();
    await picture('file-zh');
    for (const path of [`/alarms/${alarm}`, `/orders/${order.json.id}`]) {
      await page.goto(`${edge.url}${path}`);
      await part('drill-mark').first().waitFor();
      await page.emulateMedia({ media: 'print' });
      expect(await part('drill-mark').first().isVisible()).toBe(true);
      await page.emulateMedia({ media: 'screen' });
    }
    const phone = (await visit(browser, `${edge.url}/m`, { viewport: { width: 390, height: 844 } })).page;
    await phone.fill('input[name=account]', 'crew');
    await phone.fill('input[name=password]', PASSWORD);
    await phone.locator('button[type=submit]').click();
    const card = phone.locator(`[data-order="${order.json.no}"]`);
    await card.locator('[data-part=drill-mark]', { hasText: '演练' }).waitFor();
    await picture('phone-zh', phone);
    await card.click();
    await phone.locator('[data-part=drill-mark]', { hasText: '不是真实险情' }).waitFor();
  });

  it('ended, it stays as it was, and no screen says any more that one runs', async () => {
    await page.goto(`${edge.url}/drills`);
    await page.locator('[data-part=drills] a').first().click();
    await part('end').click();
    await page.locator('dialog[open] button[type=submit]').click();
    await part('end').waitFor({ state: 'detached' });
    await part('drill-banner').waitFor({ state: 'detached' });
    expect(await part('drill-alarms').locator('[data-alarm]').count()).toBeGreaterThan(1);
    expect(await part('drill-alarms').locator('[data-part=ack]').count()).toBe(0);
  });
});
