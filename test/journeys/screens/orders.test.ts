import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../support/service-process.ts';
import { BrowserHarness, CHROMIUM, row } from '../pages/browser-harness.ts';
import { logIn } from '../pages/page-browser.ts';

/** A picture of one point, as a crew's camera would make one. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const HEAD = 'kind,code,name,parent,lifeline,area,asset,point,ownerUnit';
const AREAS = `${HEAD}
area,3416,亳州市,,,,,,
area,341602,谯城区,3416,,,,,
`;
const REGISTER = `${HEAD}
asset,W-1,魏武大道 3 号井,,gas,341602,,,gas-co
point,P-1,3 号井北,,gas,341602,W-1,,
point,P-2,3 号井南,,gas,341602,W-1,,
device,D-1,,,gas,,,P-1,
device,D-2,,,gas,,,P-2,
`;

/** The whole life of an order by several persons at the desk, each in a browser of their own. */
describe.skipIf(CHROMIUM === null)('orders on the desk', () => {
  let desk: BrowserHarness;
  let li: Page;
  let sun: Page;
  let wang: Page;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    const headers = { cookie: desk.api.cookie, 'content-type': 'text/csv', origin: desk.service.url };
    const keep = async (body: string): Promise<void> => {
      const address = `${desk.service.url}/api/v1/register/import`;
      const kept = await fetch(address, { method: 'POST', body, headers });
      expect(await kept.json()).toMatchObject({ failed: 0 });
    };
    await keep(AREAS);
    for (const unit of [
      { code: 'gas-co', name: '燃气公司', kind: 'owner', areas: ['3416'] },
      {
        code: 'gas-crew',
        name: '燃气抢修队',
        kind: 'crew',
        parent: 'gas-co',
        areas: ['3416'],
        lifelines: ['gas'],
      },
      { code: 'road-crew', name: '道路抢修队', kind: 'crew', areas: ['3416'] },
    ])
      expect((await desk.api.post('/units', unit)).body).toMatchObject({ code: unit.code });
    await keep(REGISTER);
    await desk.person('li', ['dispatcher']);
    await desk.person('sun', ['operator']);
    await desk.person('chen', ['maintainer']);
    await desk.person('wang', ['crew'], 'gas-crew');
    await desk.gas('D-1', 60);
    await desk.gas('D-2', 30);
    li = await come('li');
    sun = await come('sun');
    // A crew’s own page is the one for phones; the desk’s is there for whoever asks for it.
    wang = await desk.stranger({}, `${desk.service.url}/dispatch`);
    wang.setDefaultTimeout(20_000);
    await logIn(wang, 'wang', PASSWORD);
    await row(li, 'P-1').waitFor();
    await row(li, 'P-2').waitFor();
  });
  afterAll(() => desk?.end());

  async function come(account: string): Promise<Page> {
    const page = await desk.stranger();
    page.setDefaultTimeout(20_000);
    await logIn(page, account, PASSWORD);
    await page.locator('[data-link=live]').waitFor();
    return page;
  }
  const open = async (page: Page, id: string): Promise<void> => {
    await page.goto(`${desk.service.url}/orders/${id}`);
    await page.locator('[data-part=order-file] header').waitFor();
  };
  const verb = (page: Page, name: string): Locator =>
    page.locator(`[data-part=order-acts] [data-verb="${name}"]`);
  const offered = (page: Page): Promise<string[]> =>
    page
      .locator('[data-part=order-acts] button')
      .evaluateAll((all) => all.map((b) => b.getAttribute('data-verb') ?? ''));
  const state = (page: Page, is: string): Promise<void> =>
    page.locator(`[data-part=order-file] header[data-state="${is}"]`).waitFor();
  /** Presses the step, fills in its form, sends it. */
  async function does(
    page: Page,
    name: string,
    fill: Record<string, string> = {},
    choose: string[] = [],
  ): Promise<void> {
    await verb(page, name).click();
    const dialog = page.locator('dialog[open]');
    await dialog.waitFor();
    for (const [field, value] of Object.entries(fill)) {
      const input = dialog.locator(`[name="${field}"]`);
      if ((await input.evaluate((e) => e.tagName)) === 'SELECT') await input.selectOption(value);
      else await input.fill(value);
    }
    for (const value of choose) await dialog.locator(`input[value="${value}"]`).check({ force: true });
    await dialog.locator('[type=submit]').click();
  }
  const done = (page: Page): Promise<void> => page.locator('dialog[open]').waitFor({ state: 'detached' });
  const orders = async (): Promise<
    { id: string; no: string; state: string; unit: string; alarms: string[] }[]
  > => (await desk.api.get<{ items: [] }>('/orders')).items;

  it('D dispatches the marked alarm: the crew of its owner is proposed, its clocks are shown, another alarm comes along', async () => {
    await li.locator('.list .scroller').focus();
    await row(li, 'P-1').click();
    await li.keyboard.press('d');
    const dialog = li.locator('dialog[open]');
    await expect.poll(() => dialog.locator('[name=unit]').inputValue()).toBe('gas-crew');
    expect(await dialog.locator('[data-part=proposed]').textContent()).toContain('权属单位');
    await dialog.locator('[data-part=unit-duty]', { hasText: '无人值班' }).waitFor();
    expect(await dialog.locator('[data-part=deadlines] [data-clock=accept]').textContent()).toContain(
      '签收 5 分钟',
    );
    await dialog.locator('[data-part=more-alarms] label', { hasText: '3 号井南' }).locator('input').check();
    await dialog.locator('[type=submit]').click();
    await done(li);
    const [order] = await orders();
    expect(order).toMatchObject({ state: 'dispatched', unit: 'gas-crew' });
    expect(order?.alarms).toHaveLength(2);
  });

  it('the row and the file of each alarm say that there is an order, on a second desk too, and the file leads to it', async () => {
    for (const page of [li, sun])
      for (const point of ['P-1', 'P-2'])
        await row(page, point).locator('[data-mark=order]', { hasText: '待签收' }).waitFor();
    const [order] = await orders();
    await sun.goto(`${desk.service.url}/alarms/${order?.alarms[0]}`);
    await sun.locator('[data-part=orders-of-alarm]', { hasText: order?.no ?? '' }).waitFor();
    await sun.locator('[data-part=orders-of-alarm] a').click();
    await state(sun, 'dispatched');
  });

  it('a key does nothing where the marked row cannot be seen, and the list of keys names it', async () => {
    await li.keyboard.press('?');
    expect(await li.locator('dialog[open]').textContent()).toContain('给所选报警派单');
    await li.keyboard.press('Escape');
    await li.locator('.list-head input[type=search], input[type=search]').first().fill('没有这样的报警');
    await li.locator('body').click();
    await li.keyboard.press('d');
    await li.locator('.toast', { hasText: '没有选中' }).waitFor();
    expect(await li.locator('dialog[open]').count()).toBe(0);
    await li.goto(desk.service.url);
  });

  it('from acceptance to the archive: accepted, arrived, photographed, done, failed, done again, verified by another', async () => {
    const id = (await orders())[0]?.id ?? '';
    // Who has no live picture asks every ten seconds; a page that is opened asks at once.
    await wang.reload();
    await wang.locator(`[data-part=orders] [data-order="${id}"] a`).first().click();
    await state(wang, 'dispatched');
    expect(await offered(wang)).toEqual(['accept', 'refuse', 'forward', 'arrive', 'feedback']);
    await does(wang, 'accept');
    await state(wang, 'accepted');
    // The other desk hears it without asking.
    await state(sun, 'accepted');
    await does(wang, 'arrive', { placeText: '井北侧', lon: '115.78', lat: '33.85' });
    await state(wang, 'on-site');
    await verb(wang, 'feedback').click();
    await wang.fill('dialog [name=text]', '阀门已关，正在通风');
    await wang.setInputFiles('dialog [name=photos]', {
      name: 'well.png',
      mimeType: 'image/png',
      buffer: PNG,
    });
    await wang.locator('dialog [data-part=photos] li', { hasText: 'well.png' }).waitFor();
    await wang.click('dialog [type=submit]');
    await done(wang);
    await sun
      .locator('[data-part=order-story] [data-event=fed-back]', { hasText: '阀门已关，正在通风' })
      .waitFor();
    await sun.locator('[data-part=order-story] [data-event=fed-back] img').waitFor();
    const isDrawn = (img: unknown): boolean => (img as { naturalWidth: number }).naturalWidth === 1;
    await expect.poll(() => sun.locator('[data-event=fed-back] img').evaluate(isDrawn)).toBe(true);
    await does(wang, 'done', { result: '已更换密封', cause: '密封老化' });
    await state(sun, 'done');
    expect(await offered(wang)).toEqual(['feedback']);

    await open(li, id);
    await li.locator('[data-part=barred]', { hasText: '须由他人核查' }).waitFor();
    expect(await verb(li, 'verify').isDisabled()).toBe(true);
    await does(sun, 'verify', {}, ['false', 'readings']);
    await sun.locator('dialog [role=alert]', { hasText: '必填' }).waitFor();
    await sun.fill('dialog [name=reason]', '仍有气味');
    await sun.click('dialog [type=submit]');
    await state(sun, 'on-site');
    await open(wang, id);
    await does(wang, 'done', { result: '再次更换' });
    await state(sun, 'done');
    await does(sun, 'verify');
    await state(li, 'verified');
    await does(li, 'archive');
    await state(li, 'archived');
    await state(sun, 'archived');
    await sun.locator('[data-part=order-story] > [data-event=archived]').waitFor();
    expect(await offered(li)).toEqual([]);
    const told = await sun
      .locator('[data-part=order-story] > li')
      .evaluateAll((all) =>
        all.map((e) => [e.getAttribute('data-event'), e.querySelector('.who')?.textContent]),
      );
    expect(told).toEqual([
      ['created', 'li'],
      ['dispatched', 'li'],
      ['accepted', 'wang'],
      ['arrived', 'wang'],
      ['fed-back', 'wang'],
      ['done', 'wang'],
      ['rework', 'sun'],
      ['done', 'wang'],
      ['verified', 'sun'],
      ['archived', 'li'],
    ]);
    await li.goto(desk.service.url);
    await row(li, 'P-1').waitFor();
    expect(await li.locator('[data-mark=order]').count()).toBe(0);
  }, 60_000);

  it('the alarm’s file shows the whole chain as one line of time, also after the order is over', async () => {
    const past = (await desk.api.get<{ items: { id: string; alarms: string[] }[] }>('/orders?state=over'))
      .items[0];
    await sun.goto(`${desk.service.url}/alarms/${past?.alarms[0]}`);
    const chain = sun.locator('[data-part=chain]');
    await chain.locator('[data-of=order][data-event=archived]').waitFor();
    const of = await chain
      .locator('li')
      .evaluateAll((all) => all.map((e) => `${e.getAttribute('data-of')} ${e.getAttribute('data-event')}`));
    expect(of.indexOf('alarm raised')).toBeGreaterThanOrEqual(0);
    expect(of.indexOf('order created')).toBeGreaterThan(of.indexOf('alarm raised'));
    expect(of.indexOf('order rework')).toBeGreaterThan(of.indexOf('order done'));
    await chain.locator('[data-kind=order]').click();
    await expect.poll(() => chain.locator('li[data-of=alarm]').count()).toBe(0);
  });

  it('whoever had the order is told in words that it has gone to others meanwhile', async () => {
    await li.goto(`${desk.service.url}/dispatch`);
    await li.click('[data-part=make-order]');
    const dialog = li.locator('dialog[open]');
    await dialog.locator('[name=unit]').selectOption('gas-crew');
    await dialog.locator('[name=title]').fill('巡查 5 号井');
    await dialog.locator('[name=lifeline]').selectOption('gas');
    await dialog.locator('[name=area]').selectOption('341602');
    await dialog.locator('[type=submit]').click();
    await state(li, 'dispatched');
    const id = new URL(li.url()).pathname.split('/').at(-1) ?? '';
    await open(wang, id);
    await verb(wang, 'refuse').click();
    await wang.fill('dialog [name=reason]', '人手不足');
    await does(li, 'forward', { unit: 'road-crew', reason: '就近' });
    await li.locator('[data-part=order-story] [data-event=forwarded]', { hasText: '道路抢修队' }).waitFor();
    await wang.click('dialog [type=submit]');
    const words = wang.locator('dialog [role=alert]:not(.empty)');
    await words.waitFor();
    expect(await words.textContent()).toMatch(/单位/);
    expect((await orders()).find((o) => o.id === id)).toMatchObject({
      unit: 'road-crew',
      state: 'dispatched',
    });
  });

  it('a role that may not is offered no step, and no order to make', async () => {
    const chen = await come('chen');
    await chen.goto(`${desk.service.url}/dispatch`);
    await chen.locator('[data-part=orders] [data-order]').first().waitFor();
    expect(await chen.locator('[data-part=make-order]').count()).toBe(0);
    await chen.locator('[data-part=orders] [data-order] a').first().click();
    await chen.locator('[data-part=order-story] li').first().waitFor();
    expect(await chen.locator('[data-part=order-acts]').count()).toBe(0);
    await chen.goto(desk.service.url);
    await row(chen, 'P-1').click();
    await chen.keyboard.press('d');
    expect(await chen.locator('dialog[open]').count()).toBe(0);
    expect(await chen.locator('[data-part=dispatch]').count()).toBe(0);
    await chen.context().close();
  });

  it('D on the map dispatches the alarm of the chosen place', async () => {
    await sun.goto(`${desk.service.url}/map?point=P-1`);
    await sun.locator('[data-part=map-card] [data-part=card-dispatch]').first().waitFor();
    await sun.keyboard.press('d');
    const dialog = sun.locator('dialog[open]');
    await expect.poll(() => dialog.locator('[name=unit]').inputValue()).toBe('gas-crew');
    expect(await dialog.locator('[data-part=about]').textContent()).toContain('3 号井北');
    await sun.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('the list is narrowed by stage and word, in the address, and the board shows the same', async () => {
    await sun.goto(`${desk.service.url}/dispatch?stage=toAccept`);
    const rows = sun.locator('[data-part=orders] [data-order]');
    await expect.poll(() => rows.count()).toBe(1);
    await sun.fill('[data-part=dispatch-screen] [name=q]', '没有');
    await expect.poll(() => rows.count()).toBe(0);
    await sun.fill('[data-part=dispatch-screen] [name=q]', '道路');
    await expect.poll(() => rows.count()).toBe(1);
    await sun.click('[data-view=board]');
    await sun.locator('[data-part=order-board] [data-stage=toAccept] [data-order]').waitFor();
    await sun.click('.stages [data-stage=over]');
    await sun.fill('[data-part=dispatch-screen] [name=q]', '');
    await expect.poll(() => sun.locator('[data-part=orders] [data-order]').count()).toBe(1);
  });

  it('nothing of it asked another host, and nothing threw', () => {
    expect(desk.faults).toEqual([]);
  });
});
