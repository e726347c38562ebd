import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserHarness, CHROMIUM } from '../pages/browser-harness.ts';

describe.skipIf(CHROMIUM === null)('the alarm query', () => {
  let desk: BrowserHarness;
  let page: Page;
  const figure = (name: string) => page.locator(`[data-figure=${name}]`);
  const found = () => page.locator('[data-part=found] [data-alarm]');
  beforeAll(async () => {
    desk = await BrowserHarness.start({ LIFELINE_ASSESS_LEVEL_1: 'one-person' });
    for (const p of ['Q-1', 'Q-2', 'Q-3']) await desk.gas(p, p === 'Q-3' ? 30 : 60);
    const { items } = await desk.api.get<{ items: { id: string; pointCode: string; revision: number }[] }>(
      '/alarms',
    );
    const one = items.find((a) => a.pointCode === 'Q-1');
    const ack = await desk.api.post(`/alarms/${one?.id}/acknowledge`, {
      seenRevision: one?.revision,
      commandId: 'q-1',
    });
    expect(ack.status).toBe(200);
    const judged = await desk.api.post(`/alarms/${one?.id}/assess`, { verdict: 'test', commandId: 'q-2' });
    expect(judged.status, JSON.stringify(judged.body)).toBe(200);
    page = await desk.operator({}, `${desk.service.url}/alarms`);
    page.setDefaultTimeout(20_000);
  });
  afterAll(() => desk?.end());

  it('counts and lists what was raised in the days asked for', async () => {
    await figure('total').getByText('3', { exact: true }).waitFor();
    expect(await Promise.all(['level-1', 'level-3', 'unacked'].map((f) => figure(f).textContent()))).toEqual([
      '2',
      '1',
      '2',
    ]);
    await page.fill('[name=first]', '2020-01-01');
    await page.fill('[name=last]', '2020-01-02');
    await page.click('[data-part=ask]');
    await page.getByText('没有符合条件的报警').waitFor();
  });

  it('asks by level, verdict and who acknowledged; the address and the file say the same', async () => {
    await page.fill('[name=first]', '');
    await page.fill('[name=last]', '');
    await page.selectOption('[name=verdict]', 'test');
    await page.fill('[name=acknowledgedBy]', 'admin');
    await page.click('[data-part=ask]');
    await figure('total').getByText('1', { exact: true }).waitFor();
    expect(await found().textContent()).toContain('Q-1');
    const href = (await page.getAttribute('[data-part=query-csv]', 'href')) ?? '';
    const file = await page.evaluate(async (url) => (await fetch(url)).text(), href);
    expect(file.trim().split('\n')).toHaveLength(2);
    await page.reload();
    await figure('total').getByText('1', { exact: true }).waitFor();
    await page.selectOption('[name=verdict]', 'none');
    await page.fill('[name=acknowledgedBy]', '');
    await page.selectOption('[name=level]', '3');
    await page.click('[data-part=ask]');
    await expect.poll(() => found().textContent()).toContain('Q-3');
  });

  it('a day of the calendar is asked for by a press, and the workbook says the same as the list', async () => {
    await page.goto(`${desk.service.url}/alarms`);
    await figure('total').getByText('3', { exact: true }).waitFor();
    const day = page.locator('[data-part=calendar] .day.red');
    expect(await day.getAttribute('data-heat')).toBe('4');
    await day.click();
    await page.waitForURL(/first=(\d{4}-\d\d-\d\d)&last=\1/);
    await figure('total').getByText('3', { exact: true }).waitFor();
    const href = (await page.getAttribute('[data-part=query-xlsx]', 'href')) ?? '';
    const type = await page.evaluate(async (url) => (await fetch(url)).headers.get('content-type'), href);
    expect(type).toContain('spreadsheetml');
    await page.selectOption('[name=ackOverS]', String(30 * 60));
    await page.click('[data-part=ask]');
    await page.getByText('没有符合条件的报警').waitFor();
    await page.selectOption('[name=ackOverS]', '');
    await page.selectOption('[name=level]', '3');
    await page.click('[data-part=ask]');
    await expect.poll(() => found().count()).toBe(1);
  });

  it('opens the curve of an alarm, an hour before it', async () => {
    await found().getByText('曲线').click();
    await page.waitForURL(/\/trend\?points=Q-3:ch4&from=/);
    expect(desk.faults).toEqual([]);
  });
});
