import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../commands/run.ts';
import { BrowserHarness, CHROMIUM, row } from '../pages/browser-harness.ts';

const AREA = '341602';
/** A hundred metres apart, along one street; the last one is far away. */
const WELLS = [
  ['W0', 33.85],
  ['W1', 33.8509],
  ['W2', 33.8518],
  ['W9', 33.95],
] as const;

/** Three wells of a street, what people make of it, and its archive, by somebody who reads nothing but the page. */
describe.skipIf(CHROMIUM === null)('incidents on the page', () => {
  let desk: BrowserHarness;
  let page: Page;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    const wells = WELLS.map(
      ([code, lat]) =>
        `asset,${code},井${code},gas,${AREA},,,115.78,${lat},CGCS2000\npoint,P-${code},点${code},gas,${AREA},${code},,115.78,${lat},CGCS2000\ndevice,D-${code},,gas,,,P-${code},,,`,
    );
    const csv = `kind,code,name,lifeline,area,asset,point,lon,lat,crs\narea,${AREA},谯城区,,,,,,,\n${wells.join('\n')}\n`;
    const told = await fetch(`${desk.service.url}/api/v1/register/import`, {
      method: 'POST',
      headers: { cookie: desk.api.cookie, 'content-type': 'text/csv', origin: desk.service.url },
      body: csv,
    });
    expect(await told.json()).toMatchObject({ failed: 0 });
    page = await desk.operator({ acceptDownloads: true }, `${desk.service.url}/plans`);
    page.setDefaultTimeout(20_000);
  });
  afterAll(() => desk?.end());

  const steps = () => page.locator('[data-part=plan-steps] [data-plan=plan-1]');
  const done = () => page.locator('dialog').waitFor({ state: 'detached' });
  const act = async (verb: string, fields: Readonly<Record<string, string>> = {}) => {
    await page.click(`[data-part=acts] [data-part=${verb}]`);
    for (const [name, text] of Object.entries(fields)) await page.fill(`dialog [name=${name}]`, text);
    await page.click('dialog [type=submit]');
    await done();
  };
  const state = (is: string) => page.locator(`[data-part=incident-file][data-state=${is}]`);
  const member = (well: string) => page.locator('[data-part=members] li').filter({ hasText: `P-${well}` });

  it('a plan is written step by step, and changed', async () => {
    await page.getByText('还没有预案').waitFor();
    await page.click('[data-part=new-plan]');
    await page.fill('[data-part=plan-form] [name=name]', '燃气泄漏预案');
    await page.fill('[data-part=plan-form] [name=kind]', '燃气泄漏');
    await page.fill('[name=step-1]', '关闭上下游阀门');
    await page.fill('[name=who-1]', '燃气公司');
    await page.click('[data-part=add-step]');
    await page.fill('[name=step-2]', '疏散 100 米');
    await page.click('[data-part=plan-form] [type=submit]');
    const plan = page.locator('[data-plan=plan-1]');
    await plan.getByText('第 1 版').waitFor();
    await plan.locator('[data-part=change-plan]').click();
    await page.fill('[name=step-2]', '疏散 200 米');
    await page.click('[data-part=plan-form] [type=submit]');
    await plan.getByText('第 2 版').waitFor();
    await plan.getByText('疏散 200 米').waitFor();
  });

  it('resources are listed; a place that is wrong is said beside its field', async () => {
    await page.click('[data-tab=resources]');
    await page.click('[data-part=new-resource]');
    await page.fill('dialog [name=name]', '燃气抢修一队');
    await page.fill('dialog [name=area]', AREA);
    await page.fill('dialog [name=quantity]', '6');
    await page.fill('dialog [name=measure]', '人');
    await page.fill('dialog [name=lon]', '东经');
    await page.fill('dialog [name=lat]', '33.8512');
    await page.click('dialog [type=submit]');
    await page.locator('dialog #about-lon [role=alert]').waitFor();
    await page.fill('dialog [name=lon]', '115.7803');
    await page.click('dialog [type=submit]');
    await page.locator('[data-part=resources] [data-resource]').getByText('燃气抢修一队').waitFor();
    await page.click('[data-tab=near]');
    await page.fill('[name=at]', '115.78, 33.85');
    await page.click('[data-part=plans-screen] [type=submit]');
    await page.locator('[data-part=nearby] [data-resource]').getByText('6 人').waitFor();
  });

  it('gas in three wells of a street is one incident with its reasons; the duty list says so, and hides none', async () => {
    for (const [well] of WELLS) await desk.gas(`D-${well}`, 25);
    await page.goto(desk.service.url);
    for (const [well] of WELLS) await row(page, `P-${well}`).waitFor();
    for (const well of ['W0', 'W1', 'W2'])
      await row(page, `P-${well}`).locator('[data-mark=incident]').getByText('3').waitFor();
    expect(await row(page, 'P-W9').locator('[data-mark=incident]').count()).toBe(0);
  });

  it('the duty list is read by incident: together in a bracket, folded with what is unacknowledged said, and none hidden', async () => {
    const points = () =>
      page.locator('.list [data-point]').evaluateAll((all) => all.map((e) => e.getAttribute('data-point')));
    // The far one is the newest, and stands between nobody.
    await page.click('[data-part=by-incident]');
    await page.locator('.list [data-part=fold]').getByText('▾ 事件 3').waitFor();
    expect(await points()).toHaveLength(4);
    expect(await page.locator('.list .together').count()).toBe(3);
    await page.click('.list [data-part=fold]');
    await page.locator('.list [data-part=fold]').getByText('3 条未确认').waitFor();
    expect(await points()).toHaveLength(2);
    // The strip counts all of them as before; a key acts on the row that can be seen.
    await page.locator('.list .together').click();
    await page.keyboard.press('a');
    await page.locator('.list [data-part=fold]').getByText('2 条未确认').waitFor();
    await page.reload();
    await expect.poll(points).toHaveLength(4);
    expect(await page.locator('[data-part=by-incident]').getAttribute('aria-pressed')).toBe('true');
    await page.click('[data-part=by-incident]');
    expect(await page.locator('.list .together').count()).toBe(0);
  });

  it('an incident says why each of its alarms belongs to it', async () => {
    await page.goto(`${desk.service.url}/incidents`);
    await page.locator('[data-part=incidents-open] a').click();
    await state('open').waitFor();
    await member('W1')
      .locator('[data-part=reason]')
      .getByText(/300 米内/)
      .waitFor();
    await member('W1').locator('[data-part=confidence]').getByText('70 %').waitFor();
    await page.locator('[data-part=nearby] [data-resource]').getByText('燃气抢修一队').waitFor();
  });

  it('one joins, one is split off with a reason, and both stay so', async () => {
    await page.click('[data-part=acts] [data-part=join]');
    await page.locator('dialog label').filter({ hasText: 'P-W9' }).locator('input').check();
    await page.click('dialog [type=submit]');
    await done();
    await member('W9').getByText('人工').waitFor();
    expect(await page.locator('[data-part=acts] [data-part=split]').isDisabled()).toBe(true);
    await member('W2').locator('input').check();
    await act('split', { reason: '另一处渗漏' });
    await member('W2').waitFor({ state: 'detached' });
    await page.locator('[data-event=split]').getByText('另一处渗漏').waitFor();
    expect(await page.locator('[data-part=members] li').count()).toBe(3);
  });

  it('what was split off is merged back with a reason, and says where it went', async () => {
    const here = page.url();
    await page.goto(`${desk.service.url}/incidents`);
    const other = page.locator('[data-part=incidents-open] tbody tr');
    await expect.poll(() => other.count()).toBe(2);
    const id = new URL(here).pathname.split('/').at(-1) ?? '';
    await page.locator(`[data-part=incidents-open] tr:not([data-incident="${id}"]) a`).click();
    await member('W2').waitFor();
    await act('merge', { reason: '确为同一起' });
    await page.getByText('已并入另一事件').first().waitFor();
    await page.locator(`a[href$="${id}"]`).click();
    await expect.poll(() => page.locator('[data-part=members] li').count()).toBe(4);
  });

  it('a step of the plan is ticked with its name and time, and a tick is taken back', async () => {
    await steps().getByText('0 / 2 步').waitFor();
    await steps().locator('[data-step="1"] input').click();
    await steps().locator('[data-step="1"][data-done=true] .by').getByText(/✓/).waitFor();
    await steps().locator('[data-step="2"] input').click();
    await steps().getByText('2 / 2 步').waitFor();
    await steps().locator('[data-step="2"] input').click();
    await steps().getByText('1 / 2 步').waitFor();
    await page.locator('[data-event=step-done]').last().getByText('关闭上下游阀门').waitFor();
  });

  it('a plan that was changed meanwhile is shown anew and not ticked', async () => {
    const body = { steps: [{ text: '先测气' }, { text: '疏散 200 米' }], seenRevision: 2 };
    expect((await desk.api.patch('/plans/plan-1', body)).status).toBe(200);
    await steps().locator('[data-step="2"] input').click();
    await steps().getByText('先测气').waitFor();
    await page.getByText('已勾选、预案中已改动的步骤').waitFor();
    await steps().getByText('0 / 2 步').waitFor();
  });

  it('a warning rests on all of it, and stands on its page', async () => {
    await page.click('[data-part=acts] [data-part=warn]');
    await expect
      .poll(() => page.locator('[data-part=warning-new] input:checked[name=alarms]').count())
      .toBe(4);
    await page.click('[data-part=warning-new] [type=submit]');
    await page.locator('[data-part=basis] .incident-name a').click();
    await page.locator('[data-part=response] [data-warning]').waitFor();
    await page.locator('[data-event=drafted]').waitFor();
  });

  it('controlled, closed, reviewed: each is offered where it is next, and its alarms go on', async () => {
    await act('control');
    await state('under-control').waitFor();
    await act('close');
    await state('closed').waitFor();
    expect(await page.locator('[data-part=members] input').count()).toBe(0);
    expect(await steps().locator('[data-step="1"] input').isDisabled()).toBe(true);
    await act('review', { text: '关阀及时，测气应提前' });
    await state('reviewed').waitFor();
    await page.locator('[data-part=review]').getByText('测气应提前').waitFor();
    const { items } = await desk.api.get<{ items: { phase: string }[] }>('/alarms');
    expect(items.filter((a) => a.phase === 'closed')).toEqual([]);
    expect(await page.locator('[data-part=acts] button').count()).toBe(0);
  });

  it('its archive is taken away, and sha256sum and our own command find it whole', async () => {
    await page.locator('[data-part=bundle]').getByText('SHA256SUMS').first().waitFor();
    const [file] = await Promise.all([page.waitForEvent('download'), page.click('[data-part=bundle] a')]);
    const ours = await run('bundle', ['verify', await file.path()]);
    expect([ours.code, ours.out]).toEqual([0, expect.stringContaining('完好 · whole')]);
    const files = unzipSync(new Uint8Array(readFileSync(await file.path())));
    const dir = mkdtempSync(join(tmpdir(), 'lifeline-bundle-'));
    try {
      for (const [name, bytes] of Object.entries(files)) {
        mkdirSync(dirname(join(dir, name)), { recursive: true });
        writeFileSync(join(dir, name), bytes);
      }
      const top = Object.keys(files)[0]?.split('/')[0] ?? '';
      const said = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: join(dir, top), encoding: 'utf8' });
      expect(said).toContain('incident.events.jsonl: OK');
      expect(said).not.toContain('FAILED');
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('nothing on the way threw or asked another host', () => expect(desk.faults).toEqual([]));
});
