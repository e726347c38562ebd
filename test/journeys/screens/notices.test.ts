import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Receiver } from '../../contracts/notice/receivers.ts';
import { PASSWORD } from '../../support/service-process.ts';
import { BrowserHarness, CHROMIUM } from '../pages/browser-harness.ts';
import { logIn } from '../pages/page-browser.ts';

const TOKEN = 'a1b2c3-robot-token';
const SECRET = 'SEC0123456789';

/** What people need to be told is set up on the page, by somebody who reads no other. */
describe.skipIf(CHROMIUM === null)('notices on the page', () => {
  let desk: BrowserHarness;
  let robot: Receiver;
  let page: Page;
  let said: object = { errcode: 0, errmsg: 'ok' };
  beforeAll(async () => {
    robot = await Receiver.start(() => ({ body: said }));
    desk = await BrowserHarness.start({ LIFELINE_OUT_HOSTS: '127.0.0.0/8' });
    await desk.person('chen', ['analyst']);
    page = await desk.operator({}, `${desk.service.url}/notices`);
    page.setDefaultTimeout(20_000);
  });
  afterAll(async () => {
    await desk?.end();
    await robot?.stop();
  });

  const mark = (is: string) => page.locator(`.strip [data-reach=${is}]`);

  it('the strip says that nothing is set up, and leads to where it is', async () => {
    await page.goto(desk.service.url);
    await mark('none').getByText('未配置通知').waitFor();
    expect(await page.locator('.strip [data-reach]').count()).toBe(1);
    await mark('none').locator('a').click();
    await page.locator('[data-part=no-channel]').waitFor();
  });

  describe('channels', () => {
    const channel = () => page.locator('[data-channel=dingtalk]');
    const tested = (outcome: string) => page.locator(`[data-part=tested][data-outcome=${outcome}]`);

    it('a newcomer is told the three steps, takes them, and the test message arrives', async () => {
      const steps = page.locator('[data-part=no-channel]');
      await steps.getByText('Webhook').waitFor();
      expect(await steps.locator('li').count()).toBe(3);
      await page.click('[data-part=new-channel]');
      await page.fill('dialog [name=name]', '值班群');
      await page.fill('dialog [name=url]', `${robot.url}/robot/send?access_token=${TOKEN}`);
      await page.fill('dialog [name="secrets.secret"]', SECRET);
      await page.click('dialog [type=submit]');
      await channel().getByText('尚未发送过').waitFor();
      await channel().locator('[data-part=test]').click();
      await tested('accepted').getByText('0 ok').waitFor();
      expect(robot.asked.at(-1)?.url.searchParams.get('access_token')).toBe(TOKEN);
      expect(robot.asked.at(-1)?.url.searchParams.has('sign')).toBe(true);
      expect(robot.asked.at(-1)?.body).toContain('测试');
      await channel().getByText('✓ 受理').waitFor();
      await mark('none').waitFor({ state: 'detached' });
    });

    it('what the receiver refuses is said with its own words', async () => {
      said = { errcode: 310000, errmsg: 'sign not match' };
      await channel().locator('[data-part=test]').click();
      await tested('refused').getByText('sign not match').waitFor();
      await channel().getByText('✗ 未成功').waitFor();
      said = { errcode: 0, errmsg: 'ok' };
    });

    it('a change leaves the secrets as they are, and shows none of them', async () => {
      await channel().locator('[data-part=edit]').click();
      expect(await page.inputValue('dialog [name=url]')).toBe(`${robot.url}/robot/send`);
      expect(await page.inputValue('dialog [name="secrets.secret"]')).toBe('');
      await page.fill('dialog [name=name]', '夜班群');
      await page.click('dialog [type=submit]');
      await channel().getByText('夜班群').waitFor();
      await channel().locator('[data-part=test]').click();
      await tested('accepted').waitFor();
      expect(robot.asked.at(-1)?.url.searchParams.get('access_token')).toBe(TOKEN);
      const shown = await page.content();
      for (const secret of [TOKEN, SECRET]) expect(shown).not.toContain(secret);
    });

    it('what the form lacks is said beside its field', async () => {
      await page.click('[data-part=new-channel]');
      await page.selectOption('dialog [name=kind]', 'smtp');
      await page.fill('dialog [name=from]', 'nobody');
      await page.click('dialog [type=submit]');
      await page.locator('dialog #about-from [role=alert]').waitFor();
      await page.keyboard.press('Escape');
      expect((await desk.api.get<{ items: unknown[] }>('/channels')).items).toHaveLength(1);
    });

    it('whoever may not set them up sees how they do, and no button', async () => {
      const other = await desk.stranger({}, `${desk.service.url}/notices`);
      await logIn(other, 'chen', PASSWORD);
      await other.locator('[data-channel=dingtalk]').getByText('✓ 受理').waitFor();
      expect(await other.locator('[data-part=notices-screen] button').count()).toBe(0);
      await other.context().close();
    });
  });

  /** As it is typed: today by Beijing's clock, and the hour of that day. */
  const at = (hours: number) => {
    const day = Math.floor((Date.now() + 8 * 3_600_000) / 86_400_000) * 86_400_000;
    return new Date(day + hours * 3_600_000).toISOString().slice(0, 16);
  };

  describe('rosters', () => {
    const add = async (what: string, values: Record<string, string>, chosen: Record<string, string> = {}) => {
      await page.click(`[data-part=new-${what}]`);
      for (const [name, value] of Object.entries(chosen))
        await page.selectOption(`dialog [name=${name}]`, value);
      for (const [name, value] of Object.entries(values)) await page.fill(`dialog [name=${name}]`, value);
      await page.click('dialog [type=submit]');
      await page.locator('dialog').waitFor({ state: 'detached' });
    };
    const faults = (gaps: number, overlaps: number) =>
      page.locator(`[data-part=findings][data-gaps="${gaps}"][data-overlaps="${overlaps}"]`);

    it('a unit and three people are added from nothing, and who answers now is said', async () => {
      await mark('unmanned').locator('a').click();
      await page.locator('[data-part=no-unit] li').first().waitFor();
      await add('unit', { name: '市监测中心' });
      await page.locator('[data-part=on-duty] [data-post=duty]').getByText('无人').waitFor();
      await add('contact', { name: '王建国', mobile: '138 1234 5678' });
      await add('contact', { name: '李敏' });
      await add('contact', { name: '赵强' }, { post: 'leader' });
      await page.locator('[data-part=on-duty] [data-post=leader]').getByText('赵强').waitFor();
      await page.locator('.strip [data-reach]').waitFor({ state: 'detached' });
    });

    it('shifts are added by hand; a gap and an overlap are marked on their days', async () => {
      const who = (n: number) => ({ duty: `contact-${n}` });
      await add('shift', { from: at(0), to: at(24) }, { ...who(1), repeat: '14' });
      // The fifteenth day, which the next two weeks reach into.
      await add('shift', { from: at(14 * 24), to: at(15 * 24) }, who(2));
      await faults(0, 0).waitFor();
      await add('shift', { from: at(48 + 8), to: at(48 + 20) }, who(2));
      await faults(0, 1).waitFor();
      const third = page.locator('[data-day]').nth(2);
      expect(await third.locator('[data-finding=overlap]').textContent()).toContain('重叠 08:00–20:00');
      await page.locator('[data-day]').nth(4).locator('[data-part=drop-shift]').click();
      await faults(1, 1).waitFor();
      expect(await page.locator('[data-day]').nth(4).locator('[data-finding=gap]').textContent()).toContain(
        '值班空档 全天',
      );
      await page.locator('[data-part=on-duty] [data-post=duty]').getByText('王建国').waitFor();
    });

    it('who changes what another has changed meanwhile is told, and nothing is lost', async () => {
      const roster = async () =>
        (await desk.api.get<{ revision: number; shifts: object[] }>('/rosters/unit-1')) as {
          revision: number;
          shifts: object[];
        };
      await page.locator('[data-day]').nth(5).locator('[data-part=edit-shift]').click();
      const { shifts, revision } = await roster();
      const theirs = { from: at(20 * 24), to: at(21 * 24), duty: ['contact-2'], leader: [] };
      const zoned = { ...theirs, from: `${theirs.from}:00+08:00`, to: `${theirs.to}:00+08:00` };
      const put = await desk.api.put('/rosters/unit-1', {
        shifts: [...shifts, zoned],
        seenRevision: revision,
      });
      expect(put.status).toBe(200);
      await page.selectOption('dialog [name=second]', 'contact-2');
      await page.click('dialog [type=submit]');
      await page.locator('dialog [role=alert]').getByText('已被他人修改').waitFor();
      await page.click('dialog [type=submit]');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await page.locator('[data-day]').nth(5).getByText('王建国、李敏').waitFor();
      expect((await roster()).shifts).toHaveLength(shifts.length + 1);
    });

    it('a unit is changed, goes out of service and comes back; a slip is undone', async () => {
      const unit = page.locator('[data-unit="unit-1"]');
      await unit.locator('[data-part=edit]').click();
      await page.fill('dialog [name=phone]', '0558-5550000');
      await page.click('dialog [type=submit]');
      await unit.getByText('0558-5550000').waitFor();
      const li = page.locator('[data-contact="contact-2"]');
      await li.locator('[data-part=service]').click();
      await li.getByText('已停用').waitFor();
      await page.locator('.toast', { hasText: '李敏' }).getByRole('button').click();
      await li.getByText('已停用').waitFor({ state: 'detached' });
      await li.locator('[data-part=edit]').click();
      await page.fill('dialog [name=mobile]', '139 0000 1111');
      await page.click('dialog [type=submit]');
      await li.getByText('139****1111').waitFor();
      // A masked number that was left alone is not written over.
      await li.locator('[data-part=edit]').click();
      await page.fill('dialog [name=email]', 'li@city.example');
      await page.click('dialog [type=submit]');
      await li.getByText('li@city.example').waitFor();
      expect((await desk.api.get<{ mobile: string }>('/contacts/contact-2/mobile')).mobile).toBe(
        '13900001111',
      );
    });

    it('a roster is imported: a fault stands beside its row, the gaps are told before anything changes', async () => {
      const pick = (rows: string) =>
        page.setInputFiles('input[type=file]', {
          name: 'r.csv',
          mimeType: 'text/csv',
          buffer: Buffer.from(`开始,结束,值班,带班\n${rows}`),
        });
      await page.click('text=导入排班');
      await pick(
        `${at(30 * 24)},${at(30 * 24 + 12)},没有此人,\n${at(31 * 24)},${at(31 * 24 + 12)},李敏,赵强\n`,
      );
      await page.locator('[data-part=row-error]').getByText('没有此人').first().waitFor();
      expect(await page.locator('[data-part=dry-run] [data-count=created]').textContent()).toBe('1');
      await page.check('[name=how] >> nth=1');
      await page.getByText('有一行有误则整个文件不导入').waitFor();
      await page.check('[name=how] >> nth=0');
      await page.click('[data-part=import-go]');
      await page.locator('[data-part=imported]').waitFor();
      const { shifts } = await desk.api.get<{ shifts: { leader: string[] }[] }>('/rosters/unit-1');
      expect(shifts.at(-1)?.leader).toEqual(['contact-3']);
      await page.locator('[data-part=roster-import] header a').click();
    });

    it('a number is masked; who may call sees it whole, others have no button', async () => {
      const row = page.locator('[data-contact="contact-1"]');
      await row.getByText('138****5678').waitFor();
      await row.locator('[data-part=reveal]').click();
      await row.getByText('13812345678').waitFor();
      const other = await desk.stranger({}, `${desk.service.url}/rosters`);
      await logIn(other, 'chen', PASSWORD);
      await other.locator('[data-contact="contact-1"]').getByText('138****5678').waitFor();
      expect(await other.locator('[data-part=rosters-screen] button').count()).toBe(0);
      expect(await other.content()).not.toContain('13812345678');
      await other.context().close();
    });
  });

  it('policies are told in words, and tried before anything happens: whom, by what, and why nobody', async () => {
    await desk.gas('N-1', 1);
    await expect
      .poll(async () => (await desk.api.get<{ items: unknown[] }>('/points?limit=100')).items.length)
      .toBeGreaterThan(0);
    await page.goto(`${desk.service.url}/notice-policies`);
    const red = page.locator('[data-policy=default-1]');
    expect(await red.locator('li').first().textContent()).toContain('立即 · 监测中心 值班、权属单位 值班');
    const rung = page.locator('[data-part=told] [data-rung="0"]');
    await page.fill('input[name=point]', 'N-1');
    await page.click('[data-part=try]');
    await rung.getByText('王建国 · 夜班群').waitFor();
    await rung.getByText('设施未登记权属单位').waitFor();
    await page.fill('input[name=at]', at(4 * 24 + 12));
    await page.click('[data-part=try]');
    await rung.getByText('市监测中心：此时无人值班').waitFor();
    await page.fill('input[name=point]', 'nowhere');
    await page.click('[data-part=try]');
    await page.locator('[data-part=trial] [role=alert]:not(.empty)').waitFor();
  });

  it('what did not arrive stands in the strip until somebody has seen it', async () => {
    said = { errcode: 310000, errmsg: 'sign not match' };
    await desk.gas('N-1', 60);
    await mark('lost').getByText('未送达 2').waitFor({ timeout: 20_000 });
    await mark('lost').locator('a').click();
    await page.locator('[data-part=unreached]').getByText('N-1').waitFor();
    const lost = page.locator('[data-part=undelivered] [data-notice]');
    await lost.getByText('王建国 · dingtalk').waitFor();
    await lost.getByText('sign not match').waitFor();
    await page.click('[data-part=see-all]');
    await mark('lost').getByText('未送达 1').waitFor();
    await lost.waitFor({ state: 'detached' });
    // Nobody was reached: that is said until somebody has acknowledged.
    await page.locator('[data-part=unreached] a').click();
    await page.locator('[data-part=told]').waitFor();
    await page.keyboard.press('a');
    await page.locator('.strip [data-reach]').waitFor({ state: 'detached', timeout: 20_000 });
    said = { errcode: 0, errmsg: 'ok' };
  });

  it('units and contacts are imported by the template as it is', async () => {
    await page.goto(`${desk.service.url}/rosters`);
    await page.click('[data-part=import-people]');
    const [file] = await Promise.all([page.waitForEvent('download'), page.click('[data-part=template]')]);
    await page.setInputFiles('input[type=file]', await file.path());
    await page.click('[data-part=import-go]');
    await page.locator('[data-part=imported] [data-count=created]').waitFor();
    expect(await page.locator('[data-part=imported] [data-count=created]').textContent()).toBe('5');
    expect(await page.locator('[data-part=row-error]').count()).toBe(0);
    await page.goto(`${desk.service.url}/rosters?unit=unit-1`);
    await page.locator('[data-unit=gas-co]').waitFor();
  });

  it('nothing on the way threw or asked another host', () => expect(desk.faults).toEqual([]));
});
