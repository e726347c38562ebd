import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../support/service-process.ts';
import { BrowserHarness, CHROMIUM } from '../pages/browser-harness.ts';
import { logIn } from '../pages/page-browser.ts';

const AREAS = `kind,code,name,parent,lifeline,area,asset,point,ownerUnit
area,3416,亳州市,,,,,,
area,341602,谯城区,3416,,,,,
`;
type Made = { readonly id: string; readonly clocks: { readonly name: string; readonly dueAt: string }[] };

/** How long orders may take, changed at the desk. */
describe.skipIf(CHROMIUM === null)('clock policies on the page', () => {
  let desk: BrowserHarness;
  let page: Page;
  let running: Made;
  const card = (p: Page, id: string) => p.locator(`[data-policy=${id}]`);
  const form = (p: Page) => p.locator('[data-part=clock-form]');
  const submit = (p: Page) => form(p).locator('[type=submit]');
  const order = async (commandId: string): Promise<Made> => {
    const about = { title: '查漏', lifeline: 'gas', level: 1, place: { area: '341602' }, unit: 'gas-crew' };
    return (await desk.api.post('/orders', { ...about, commandId })).body as unknown as Made;
  };
  const acceptWithin = async (made: Made): Promise<number> => {
    const { items } = await desk.api.get<{ items: { event: string; at: string }[] }>(
      `/orders/${made.id}/events`,
    );
    const from = Date.parse(items.find((e) => e.event === 'dispatched')?.at ?? '');
    return (Date.parse(made.clocks.find((c) => c.name === 'accept')?.dueAt ?? '') - from) / 60_000;
  };
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    const headers = { cookie: desk.api.cookie, 'content-type': 'text/csv', origin: desk.service.url };
    const address = `${desk.service.url}/api/v1/register/import`;
    expect(await (await fetch(address, { method: 'POST', body: AREAS, headers })).json()).toMatchObject({
      failed: 0,
    });
    await desk.api.post('/units', { code: 'gas-crew', name: '燃气抢修队', kind: 'crew' });
    await desk.person('wang', ['shift-leader']);
    await desk.person('sun', ['operator']);
    running = await order('c-1');
    page = await desk.stranger({}, `${desk.service.url}/dispatch`);
    page.setDefaultTimeout(20_000);
    await logIn(page, 'wang', PASSWORD);
    await page.locator('[data-part=dispatch-screen] a', { hasText: '工单时限' }).click();
    await card(page, 'default-1').waitFor();
  });
  afterAll(() => desk?.end());

  it('a change stands as old → new before it is submitted with its reason; what runs keeps its clocks', async () => {
    expect(await page.locator('[data-part=running]').textContent()).toContain('在办工单仍按原时限');
    await card(page, 'default-1').locator('[data-part=change-policy]').click();
    await form(page).getByText('没有改动').waitFor();
    expect(await form(page).locator('[name=levels]').count()).toBe(0);
    await form(page).locator('[name=accept]').fill('');
    await form(page).locator('[name=reason]').fill('夜间人手少');
    await form(page).locator('ins', { hasText: '不是 1 至 525600 的整数' }).waitFor();
    expect(await submit(page).isDisabled()).toBe(true);
    await form(page).locator('[name=accept]').fill('8');
    await form(page).locator('ins', { hasText: '8 分钟' }).waitFor();
    expect(await form(page).locator('del').allTextContents()).toEqual(['5 分钟']);
    await form(page).locator('[name=reason]').fill('');
    expect(await submit(page).isDisabled()).toBe(true);
    await form(page).locator('[name=reason]').fill('夜间人手少');
    await submit(page).click();
    const red = card(page, 'default-1');
    await red.getByText('第 2 版').first().waitFor();
    expect(await red.locator('dl').first().textContent()).toContain('8 分钟');
    await red.locator('summary').click();
    const second = red.locator('[data-part=versions] [data-version="2"]');
    await second.locator('ins', { hasText: '8 分钟' }).waitFor();
    expect(await second.textContent()).toMatch(/wang.*夜间人手少/s);
    expect(await acceptWithin(await desk.api.get<Made>(`/orders/${running.id}`))).toBe(5);
    expect(await acceptWithin(await order('c-2'))).toBe(8);
  });

  it('one that another goes before everywhere is not made; one for an area is, and orders are made by it', async () => {
    await page.click('[data-part=new-policy]');
    await form(page).locator('[name=levels][value="1"]').check();
    for (const clock of ['accept', 'arrive', 'first-feedback', 'feedback', 'control', 'verify'])
      await form(page).locator(`[name=${clock}]`).fill('3');
    await form(page).locator('[name=reason]').fill('老城区');
    await form(page).locator('[data-part=never-used]', { hasText: '「红」' }).waitFor();
    expect(await submit(page).isDisabled()).toBe(true);
    await form(page).locator('[name=lifelines][value=gas]').check();
    await form(page).locator('[name=areas]').fill('谯城区');
    await form(page).locator('[name=areas]').press('Enter');
    await form(page).locator('ins', { hasText: '红 · 燃气 · 谯城区' }).waitFor();
    await submit(page).click();
    await card(page, 'policy-1').locator('h3', { hasText: '红 · 燃气 · 谯城区' }).waitFor();
    expect(await acceptWithin(await order('c-3'))).toBe(3);
  });

  it('an order says by words whose clocks it has: those of its own version', async () => {
    await page.goto(`${desk.service.url}/orders/${running.id}`);
    await page.locator('[data-part=order-policy]', { hasText: '时限策略「红」第 1 版' }).click();
    await card(page, 'policy-1').waitFor();
    expect(await page.locator('[data-part=clock-policies-screen]').textContent()).not.toContain('default-');
    await page.goto(`${desk.service.url}/dispatch`);
    await page.click('[data-part=make-order]');
    for (const [name, value] of Object.entries({ level: '1', lifeline: 'gas', area: '341602' }))
      await page.locator(`dialog[open] [name=${name}]`).selectOption(value);
    await page.locator('[data-part=deadlines]', { hasText: '时限策略「红 · 燃气 · 谯城区」' }).waitFor();
  });

  it('who may only see them sees no form', async () => {
    const other = await desk.stranger({}, `${desk.service.url}/clock-policies`);
    other.setDefaultTimeout(20_000);
    await logIn(other, 'sun', PASSWORD);
    await card(other, 'policy-1').waitFor();
    expect(await other.locator('[data-part$=-policy]').count()).toBe(0);
    expect(desk.faults).toEqual([]);
  });
});
