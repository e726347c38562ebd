import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserHarness, CHROMIUM, row } from '../pages/browser-harness.ts';
import { axeFindings } from '../pages/page-axe.ts';

const AREA = '341602';
/** A hundred metres apart, along one street: gas in three of them is one incident; the last one is far away. */
const WELLS = [
  ['W0', 33.85],
  ['W1', 33.8509],
  ['W2', 33.8518],
  ['W9', 33.95],
] as const;
const LONG = '北渡街道希夷大道与魏武大道交叉口东北角燃气阀门井';

type Listed = { readonly id: string; readonly pointCode: string; readonly phase: string };

/** Many alarms, and one pair of hands. */
describe.skipIf(CHROMIUM === null)('several alarms at once, on the duty list', () => {
  let desk: BrowserHarness;
  let page: Page;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    const wells = WELLS.map(
      ([code, lat]) =>
        `asset,${code},井${code},gas,${AREA},,,115.78,${lat},CGCS2000\npoint,P-${code},${LONG} ${code},gas,${AREA},${code},,115.78,${lat},CGCS2000\ndevice,D-${code},,gas,,,P-${code},,,`,
    );
    const csv = `kind,code,name,lifeline,area,asset,point,lon,lat,crs\narea,${AREA},谯城区,,,,,,,\n${wells.join('\n')}\n`;
    const told = await fetch(`${desk.service.url}/api/v1/register/import`, {
      method: 'POST',
      headers: { cookie: desk.api.cookie, 'content-type': 'text/csv', origin: desk.service.url },
      body: csv,
    });
    expect(await told.json()).toMatchObject({ failed: 0 });
    for (const [well] of WELLS) await desk.gas(`D-${well}`, 25);
    page = await desk.operator();
    page.setDefaultTimeout(20_000);
    for (const [well] of WELLS) await row(page, `P-${well}`).waitFor();
    await row(page, 'P-W0').locator('[data-mark=incident]').waitFor();
  });
  afterAll(() => desk?.end());

  const listed = (): Promise<readonly Listed[]> => desk.api.all<Listed>('/alarms?state=all&limit=100');
  const unacked = async (): Promise<string[]> =>
    (await listed())
      .filter((a) => a.phase.endsWith('unacked'))
      .map((a) => a.pointCode)
      .sort();
  const onTheList = (): Promise<void> => page.locator('.scroller').focus();
  const ticked = (): Promise<(string | null)[]> =>
    page
      .locator('.list [aria-checked=true] .row')
      .evaluateAll((all) => all.map((e) => e.getAttribute('data-point')).sort());

  it('at 1366, with three marks, the name of the rule can still be read, and the marks say what they are', async () => {
    const all = await listed();
    const w1 = all.find((a) => a.pointCode === 'P-W1') as Listed;
    await desk.api.post(`/alarms/${w1.id}/note`, { text: '已电话通知', commandId: crypto.randomUUID() });
    await desk.api.post(`/alarms/${w1.id}/assess`, { verdict: 'real', commandId: crypto.randomUUID() });
    const marks = row(page, 'P-W1').locator('.mark');
    await expect.poll(() => marks.count()).toBe(3);
    await row(page, 'P-W1').locator('[data-mark=note]').and(page.locator('[title="备注 1"]')).waitFor();
    expect(await marks.evaluateAll((m) => m.map((e) => e.getAttribute('title')))).toEqual([
      expect.stringContaining('事件'),
      '研判 属实',
      '备注 1',
    ]);
    const name = row(page, 'P-W1').locator('.name');
    const { width, whole } = await name.evaluate((e) => ({ width: e.clientWidth, whole: e.scrollWidth }));
    expect(width).toBeGreaterThanOrEqual(Math.min(whole, 100));
    const [inRow, markRight] = await page.evaluate(() => {
      const e = document.querySelector('[data-point="P-W1"] .rule') as Element;
      const last = [...e.querySelectorAll('.mark')].at(-1) as Element;
      return [e.getBoundingClientRect().right, last.getBoundingClientRect().right];
    });
    expect(markRight).toBeLessThanOrEqual((inRow as number) + 1);
  });

  it('columns and density are chosen, and kept at this workstation', async () => {
    await page.click('[data-part=rows-menu] summary');
    await page.check('[name=column-peak]');
    await page.check('[name=column-clock]');
    await page.uncheck('[name=column-spark]');
    await page.keyboard.press('Escape');
    await row(page, 'P-W0').locator('[data-part=peak]').getByText('25 %LEL').waitFor();
    expect(await row(page, 'P-W0').locator('.spark').count()).toBe(0);
    await page.reload();
    await row(page, 'P-W0').locator('[data-part=peak]').waitFor();
    const tall = await row(page, 'P-W0').evaluate((e) => e.clientHeight);
    await page.click('[data-part=rows-menu] summary');
    await page.check('[name=density][value=close]');
    await page.keyboard.press('Escape');
    await expect.poll(() => row(page, 'P-W0').evaluate((e) => e.clientHeight)).toBeLessThan(tall);
  });

  it('rows are ticked by keys; Shift takes what lies between; Esc lets them go', async () => {
    await onTheList();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press(' ');
    await expect.poll(async () => (await ticked()).length).toBe(1);
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await expect.poll(async () => (await ticked()).length).toBe(3);
    await page.locator('[data-part=together]').getByText('已选 3 条').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(async () => (await ticked()).length).toBe(0);
  });

  it('the whole incident is acknowledged by one act that names each of its alarms; the far one is not', async () => {
    await page.click('[data-part=by-incident]');
    const fold = page.locator('.list [data-part=fold]');
    await fold.getByText('事件 3').waitFor();
    await fold.click();
    await fold.getByText('峰值 25 %LEL').waitFor();
    await page.locator('.list .together').click();
    await onTheList();
    await page.keyboard.press('Shift+A');
    const dialog = page.locator('dialog[open]');
    await dialog.locator('[data-part=together-list] li').nth(2).waitFor();
    expect(await dialog.locator('[data-part=together-list] li').count()).toBe(3);
    await dialog.locator('textarea').fill('同一处泄漏');
    await dialog.locator('[type=submit]').click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(unacked).toEqual(['P-W9']);
    const { items } = await desk.api.get<{ items: { event: string; note: string | null }[] }>(
      `/alarms/${(await listed()).find((a) => a.pointCode === 'P-W2')?.id}/events`,
    );
    expect(items.find((e) => e.event === 'acknowledged')?.note).toBe('同一处泄漏');
    await page.click('[data-part=by-incident]');
  });

  it('what rises while the dialog is open is refused for itself, with the reason beside it', async () => {
    for (const code of ['M-1', 'M-2']) await desk.gas(code, 25);
    for (const code of ['M-1', 'M-2']) await row(page, code).waitFor();
    await page.click('[data-part=tick]');
    for (const code of ['M-1', 'M-2']) await row(page, code).locator('.tick').click();
    await page.click('[data-part=ack-together]');
    const dialog = page.locator('dialog[open]');
    await dialog.locator('[data-part=together-list] li').nth(1).waitFor();
    await desk.gas('M-1', 60);
    await row(page, 'M-1').and(page.locator('[data-level="1"]')).waitFor();
    await dialog.locator('[type=submit]').click();
    await dialog.getByText(/等级已升高/).waitFor();
    expect(await dialog.locator('[data-part=together-list] li').count()).toBe(1);
    await expect.poll(unacked).toEqual(['M-1', 'P-W9']);
    await page.keyboard.press('Escape');
    await page.click('[data-part=tick-none]');
  });

  it('one verdict goes to all that is ticked, and the count is said', async () => {
    for (const code of ['P-W0', 'P-W1']) await row(page, code).click({ modifiers: ['Control'] });
    await page.locator('[data-part=assess-together]').getByText('研判 2 条').waitFor();
    await page.click('[data-part=assess-together]');
    const dialog = page.locator('dialog[open]');
    await dialog.locator('label.choice', { hasText: '属实' }).click();
    await dialog.locator('[type=submit]').click();
    await page.locator('.toast', { hasText: '已研判 2 条' }).waitFor();
    await row(page, 'P-W0').locator('[data-mark=verdict]').waitFor();
  });

  it('a filter is kept under a name, offered to a colleague where it is shared, and taken away with a way back', async () => {
    await page.locator('.filters select').first().selectOption('1');
    await expect.poll(() => page.locator('.list .row').count()).toBe(1);
    await page.click('[data-part=views-menu] summary');
    await page.fill('[name=view-name]', '只看红色');
    await page.check('[name=view-shared]');
    await page.click('[data-part=views-menu] [type=submit]');
    await page.locator('[data-view=只看红色]').waitFor();
    await desk.person('li', ['operator']);
    const answer = await (await desk.service.client('li')).get<{ items: { name: string }[] }>(
      '/views?screen=duty',
    );
    expect(answer.items.map((v) => v.name)).toEqual(['只看红色']);
    await page.keyboard.press('Escape');
    await page.goto(desk.service.url);
    await row(page, 'P-W9').waitFor();
    await page.click('[data-part=views-menu] summary');
    await page.click('[data-view=只看红色] .pick');
    await expect.poll(() => page.locator('.list .row').count()).toBe(1);
    await page.click('[data-part=views-menu] summary');
    await page.click('[data-view=只看红色] button >> nth=1');
    await page.locator('[data-view=只看红色]').waitFor({ state: 'detached' });
    await page.locator('.toast', { hasText: '只看红色' }).getByText('撤销').last().click();
    await expect
      .poll(async () => (await desk.api.get<{ items: object[] }>('/views?screen=duty')).items.length)
      .toBe(1);
    await page.keyboard.press('Escape');
  });

  it.each(['dark', 'light'] as const)('says it to everybody: axe, %s', async (theme) => {
    const ready = async () => {
      await page.locator('[data-link=live]').waitFor();
      await page.click('[data-part=tick]');
      await page.click('[data-part=rows-menu] summary');
    };
    expect(await axeFindings(page, theme, ready)).toEqual([]);
  });

  it('did all that without a fault', () => {
    expect(desk.faults).toEqual([]);
  });
});
