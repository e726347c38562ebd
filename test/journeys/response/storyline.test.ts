import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../support/service-process.ts';
import { BrowserHarness, CHROMIUM, row } from '../pages/browser-harness.ts';
import { logIn } from '../pages/page-browser.ts';
import { allSent, inState, openOrder, PHONE, press, submit } from '../phone/phone-harness.ts';

/** A picture of one point, as a crew's camera would make one. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
/** Where pictures of each step go, when somebody wants to look: `STORYLINE_PICTURES=/tmp/story`. */
const PICTURES = process.env.STORYLINE_PICTURES ?? null;

/**
 * Issue 17, 1: the whole loop 发布 → 处置 → 反馈 → 核查 → 归档, by six people who read nothing but their pages, at desks and on a
 * phone.
 */
describe.skipIf(CHROMIUM === null)('from the leak to the archive', () => {
  let city: BrowserHarness;
  /** Operator, analyst, drafter and dispatcher, issuer, two owners; a crew on a phone. */
  let sun: Page;
  let an: Page;
  let li: Page;
  let ban: Page;
  let zhou: Page;
  let qian: Page;
  let wang: Page;

  beforeAll(async () => {
    city = await BrowserHarness.start();
    const { api, service } = city;
    for (const unit of [
      { code: 'gas-co', name: '燃气公司', kind: 'owner' },
      { code: 'street-1', name: '薛阁街道', kind: 'owner' },
      { code: 'gas-crew', name: '燃气抢修一班', kind: 'crew', parent: 'gas-co', lifelines: ['gas'] },
    ])
      expect((await api.post('/units', unit)).status).toBe(201);
    const told = await fetch(`${service.url}/api/v1/register/import`, {
      method: 'POST',
      headers: { cookie: api.cookie, 'content-type': 'text/csv', origin: service.url },
      body: `kind,code,name,parent,lifeline,area,asset,point,owner,lon,lat,crs
area,341602,谯城区,,,,,,,,,
asset,W-1,魏武大道 12 号燃气阀门井,,gas,341602,,,gas-co,115.78213,33.84411,CGCS2000
point,P-1,井内甲烷,,gas,341602,W-1,,,,,
device,D-1,,,gas,,,P-1,,,,
`,
    });
    expect(await told.json()).toMatchObject({ failed: 0 });
    const people: readonly (readonly [string, string, readonly string[], string | null])[] = [
      ['sun', '孙值班', ['operator'], null],
      ['an', '安研判', ['analyst'], null],
      ['li', '李调度', ['dispatcher', 'operator'], null],
      ['ban', '班领导', ['shift-leader'], null],
      ['zhou', '周燃气', ['unit-leader'], 'gas-co'],
      ['qian', '钱街道', ['unit-leader'], 'street-1'],
      ['wang', '王建国', ['crew'], 'gas-crew'],
    ];
    for (const [account, name, roles, unit] of people) {
      const made = await api.post('/accounts', { account, name, roles, unit });
      const first = await service.client(account, String(made.body.oneTimeCode));
      expect((await first.post('/me/password', { next: PASSWORD })).status).toBeLessThan(300);
    }
    sun = await enter('sun');
    an = await enter('an');
    li = await enter('li');
    ban = await enter('ban');
    zhou = await enter('zhou', '/warnings');
    qian = await enter('qian', '/warnings');
    wang = await city.stranger(PHONE, `${service.url}/m`);
    await logIn(wang, 'wang', PASSWORD);
    for (const page of [sun, an, li, ban, zhou, qian, wang]) page.setDefaultTimeout(20_000);
  }, 300_000);
  afterAll(() => city?.end());

  async function enter(account: string, path = '/'): Promise<Page> {
    const page = await city.stranger({ acceptDownloads: true }, `${city.service.url}${path}`);
    await logIn(page, account, PASSWORD);
    return page;
  }
  let step = 0;
  async function picture(page: Page, what: string): Promise<void> {
    if (PICTURES === null) return;
    mkdirSync(PICTURES, { recursive: true });
    await page.screenshot({ path: join(PICTURES, `${String(++step).padStart(2, '0')}-${what}.png`) });
  }
  const at = (page: Page): string => new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const dialog = (page: Page): Locator => page.locator('dialog[open]');
  const sent = (page: Page): Promise<void> => dialog(page).waitFor({ state: 'detached' });
  const warning = (page: Page, is: string) => page.locator(`[data-part=state][data-state=${is}]`).waitFor();
  const order = (page: Page, is: string) =>
    page.locator(`[data-part=order-file] header[data-state="${is}"]`).waitFor();
  let orderNo = '';
  let orderId = '';
  let incidentId = '';

  it('gas leaks: every desk sees it, and the operator acknowledges it', async () => {
    await city.gas('D-1', 60);
    for (const page of [sun, an, li, ban]) await row(page, 'P-1').waitFor();
    await row(sun, 'P-1').click();
    await picture(sun, 'alarm');
    await sun.keyboard.press('a');
    for (const page of [sun, ban]) await row(page, 'P-1').getByText('已确认').waitFor();
  });

  it('it is judged to be real, with what was found', async () => {
    await row(an, 'P-1').click();
    await an.getByRole('button', { name: '研判' }).first().click();
    await dialog(an).locator('input[value=real]').check({ force: true });
    await dialog(an).locator('input[value=certain]').check({ force: true });
    await dialog(an).locator('[name=cause]').selectOption('leak');
    await dialog(an).locator('[data-part=assess-form] summary').click();
    await dialog(an).locator('[name=onSite]').fill('45');
    await dialog(an).locator('[name=ethane]').fill('120');
    await dialog(an).locator('[name=owner]').fill('燃气公司调度');
    await dialog(an).locator('[name=next]').selectOption('order');
    await picture(an, 'assess');
    await dialog(an).locator('[type=submit]').click();
    await sent(an);
    await an.getByRole('link', { name: '打开档案' }).click();
    await an.locator('[data-part=assessment]').getByText('45 %LEL').waitFor();
    await picture(an, 'assessed');
  });

  it('a warning is drafted by one, issued by another, and confirmed by two units', async () => {
    await row(li, 'P-1').click();
    await li.keyboard.press('e');
    await li.locator('[data-part=warning-new] [type=submit]').click();
    await warning(li, 'draft');
    await li.locator('[data-part=edit] input[name=level][value="1"]').check({ force: true });
    await li.fill('[data-part=edit] input[name=areaText]', '魏武大道 12 号周边 200 米');
    for (const unit of ['gas-co', 'street-1']) {
      const there = li.locator(`[data-field=recipients] [data-code=${unit}]`);
      if ((await there.count()) === 0) {
        await li.fill('input[name=recipients]', unit);
        await li.press('input[name=recipients]', 'Enter');
      }
      await there.waitFor();
    }
    await li.click('[data-part=edit] [data-part=submit]');
    await warning(li, 'pending');
    await picture(li, 'warning-pending');
    await ban.goto(`${city.service.url}/warnings/${at(li)}`);
    await ban.click('[data-part=acts] [data-part=issue]');
    await dialog(ban).locator('[type=submit]').click();
    await warning(ban, 'issued');
    await warning(li, 'issued');
    await picture(ban, 'warning-issued');
    for (const [page, unit] of [
      [zhou, 'gas-co'],
      [qian, 'street-1'],
    ] as const) {
      await page.goto(`${city.service.url}/warnings/${at(li)}`);
      await page.locator(`[data-part=receipts] [data-unit=${unit}] [data-part=confirm]`).click();
      await picture(page, `warning-confirmed-by-${unit}`);
      await ban.locator(`[data-unit=${unit}][data-confirmed=true]`).waitFor();
    }
  });

  it('the alarm becomes an incident, and an order goes to the crew', async () => {
    await ban.goto(`${city.service.url}/incidents`);
    await ban.click('[data-part=make]');
    await dialog(ban).locator('label', { hasText: 'P-1' }).locator('input').check();
    await dialog(ban).locator('[name=name]').fill('魏武大道燃气泄漏');
    await dialog(ban).locator('[type=submit]').click();
    await ban.locator('[data-part=incident-file][data-state=open]').waitFor();
    incidentId = at(ban);
    await picture(ban, 'incident');

    await li.goto(city.service.url);
    await row(li, 'P-1').click();
    await li.keyboard.press('d');
    await expect.poll(() => dialog(li).locator('[name=unit]').inputValue()).toBe('gas-crew');
    await picture(li, 'dispatch');
    await dialog(li).locator('[type=submit]').click();
    await sent(li);
    await row(li, 'P-1').locator('[data-mark=order]').waitFor();
    const { items } = await city.api.get<{ items: { id: string; no: string }[] }>('/orders');
    orderNo = items[0]?.no ?? '';
    orderId = items[0]?.id ?? '';
    await li.goto(`${city.service.url}/dispatch`);
    await li.locator(`[data-order="${orderId}"]`).first().waitFor();
    await picture(li, 'dispatched');
  });

  it('the crew accepts on its phone, arrives with a photograph, feeds back, and is done', async () => {
    await openOrder(wang, orderNo);
    await picture(wang, 'phone-order');
    await press(wang, 'accept');
    await inState(wang, 'accepted');
    await press(wang, 'arrive');
    await wang.locator('[data-part=place]', { hasText: '±9' }).waitFor();
    await wang
      .locator('input[type=file]')
      .setInputFiles({ name: 'well.png', mimeType: 'image/png', buffer: PNG });
    await wang.locator('[data-part=photo] img').waitFor();
    await picture(wang, 'phone-arrive');
    await submit(wang);
    await inState(wang, 'on-site');
    await press(wang, 'feedback');
    await wang.fill('textarea', '阀门已关，正在通风');
    await submit(wang);
    await wang.locator('[data-event=fed-back]', { hasText: '阀门已关' }).waitFor();
    await press(wang, 'done');
    await wang.fill('textarea', '已更换密封');
    await submit(wang);
    await inState(wang, 'done');
    await allSent(wang);
    await picture(wang, 'phone-done');
  });

  it('it fails in verification, is done again, and is verified by another', async () => {
    await sun.goto(`${city.service.url}/orders/${orderId}`);
    await order(sun, 'done');
    await sun.locator('[data-part=order-story] [data-event=arrived] img').waitFor();
    await picture(sun, 'order-done');
    await sun.locator('[data-part=order-acts] [data-verb=verify]').click();
    await dialog(sun).locator('input[value=false]').check({ force: true });
    await dialog(sun).locator('[name=reason]').fill('仍有气味');
    await dialog(sun).locator('[type=submit]').click();
    await sent(sun);
    await order(sun, 'on-site');
    // The phone asks now and then, and when it is looked at.
    await wang.reload();
    await inState(wang, 'on-site');
    await picture(wang, 'phone-rework');
    await press(wang, 'done');
    await wang.fill('textarea', '再次更换，复测合格');
    await submit(wang);
    await allSent(wang);
    await order(sun, 'done');
    await sun.locator('[data-part=order-acts] [data-verb=verify]').click();
    await dialog(sun).locator('[type=submit]').click();
    await sent(sun);
    await order(sun, 'verified');
    await li.goto(`${city.service.url}/orders/${orderId}`);
    await li.locator('[data-part=order-acts] [data-verb=archive]').click();
    await dialog(li).locator('[type=submit]').click();
    await order(li, 'archived');
    await picture(li, 'order-archived');
  });

  it('the gas is gone, the warning is lifted, the incident reviewed', async () => {
    await city.gas('D-1', 0);
    await ban.goto(`${city.service.url}/warnings`);
    await ban.locator('[data-part=in-force] [data-warning] a').first().click();
    await warning(ban, 'issued');
    await ban.click('[data-part=acts] [data-part=lift-it]');
    await dialog(ban).locator('textarea[name=reason]').fill('险情已排除，复测合格');
    await dialog(ban).locator('[type=submit]').click();
    await warning(ban, 'lifted');
    await picture(ban, 'warning-lifted');
    await ban.goto(`${city.service.url}/incidents/${incidentId}`);
    for (const [verb, is] of [
      ['control', 'under-control'],
      ['close', 'closed'],
      ['review', 'reviewed'],
    ]) {
      await ban.click(`[data-part=acts] [data-part=${verb}]`);
      if (verb === 'review') await dialog(ban).locator('[name=text]').fill('关阀及时，测气应提前');
      await dialog(ban).locator('[type=submit]').click();
      await sent(ban);
      await ban.locator(`[data-part=incident-file][data-state=${is}]`).waitFor();
    }
    await picture(ban, 'incident-reviewed');
  });

  it('the alarm’s file shows the whole chain as one line of time', async () => {
    const { items } = await city.api.get<{ items: { id: string; pointCode: string }[] }>('/alarms?state=all');
    const alarm = items.find((a) => a.pointCode === 'P-1')?.id ?? '';
    await sun.goto(`${city.service.url}/alarms/${alarm}`);
    const chain = sun.locator('[data-part=chain]');
    await chain.locator('[data-of=order][data-event=archived]').waitFor();
    const told = await chain
      .locator('li')
      .evaluateAll((all) => all.map((e) => `${e.getAttribute('data-of')} ${e.getAttribute('data-event')}`));
    const inOrder = [
      ...['alarm raised', 'alarm acknowledged', 'alarm assessed', 'warning drafted', 'warning issued'],
      ...[
        'warning confirmed',
        'incident made',
        'order dispatched',
        'order accepted',
        'order arrived',
        'order done',
      ],
      ...['order rework', 'order verified', 'order archived', 'warning lifted', 'incident reviewed'],
    ];
    const places = inOrder.map((what) => told.indexOf(what));
    expect(
      places.filter((p) => p < 0),
      told.join(', '),
    ).toEqual([]);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
    await chain.scrollIntoViewIfNeeded();
    await picture(sun, 'chain');
  });

  it('its archive is taken away, and is whole', async () => {
    const [file] = await Promise.all([ban.waitForEvent('download'), ban.click('[data-part=bundle] a')]);
    const files = unzipSync(new Uint8Array(readFileSync(await file.path())));
    const dir = mkdtempSync(join(tmpdir(), 'lifeline-storyline-'));
    try {
      for (const [name, bytes] of Object.entries(files)) {
        mkdirSync(dirname(join(dir, name)), { recursive: true });
        writeFileSync(join(dir, name), bytes);
      }
      const top = Object.keys(files)[0]?.split('/')[0] ?? '';
      const said = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: join(dir, top), encoding: 'utf8' });
      for (const part of [/orders\/.*OK/, /warnings\/.*\.xml: OK/, /attachments\/.*OK|files\/.*OK/])
        expect(said).toMatch(part);
      expect(said).not.toContain('FAILED');
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('nothing on the way threw or asked another host', () => expect(city.faults).toEqual([]));
});
