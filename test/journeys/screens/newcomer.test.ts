import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dingtalkRobot, Receiver } from '../../contracts/notice/receivers.ts';
import { PASSWORD } from '../../support/service-process.ts';
import { BrowserHarness, CHROMIUM } from '../pages/browser-harness.ts';
import { logIn } from '../pages/page-browser.ts';

const TOKEN = 'a1b2c3-robot-token';
const SECRET = 'SEC0123456789abcdef';

/** What a browser would pop up, and whether the page is before anybody's eyes. */
function prepare(): void {
  const told: { title: string; tag: string; press(): void }[] = [];
  class Fake {
    static permission = 'default';
    static requestPermission = async () => {
      Fake.permission = 'granted';
      return 'granted';
    };
    onclick = () => undefined;
    close = () => undefined;
    constructor(title: string, { tag }: { tag: string }) {
      told.push({ title, tag, press: () => this.onclick() });
    }
  }
  Object.assign(globalThis, { Notification: Fake, told, away: false });
  Object.defineProperty(document, 'hidden', { get: () => (globalThis as unknown as { away: boolean }).away });
}
type Probe = { told: { title: string; press(): void }[]; away: boolean };

describe.skipIf(CHROMIUM === null)('a newcomer, from the console alone', () => {
  let desk: BrowserHarness;
  let robot: Receiver;
  let page: Page;
  const arrived: string[] = [];
  beforeAll(async () => {
    const checks = dingtalkRobot({ token: TOKEN, secret: SECRET, now: () => Date.now() });
    robot = await Receiver.start((asked) => {
      const answer = checks(asked);
      if ((answer.body as { errcode: number }).errcode === 0) arrived.push(asked.body);
      return answer;
    });
    desk = await BrowserHarness.start({ LIFELINE_OUT_HOSTS: '127.0.0.0/8' });
    page = await desk.stranger();
    await page.addInitScript(prepare);
    await page.goto(desk.service.url);
    await logIn(page, 'admin', PASSWORD);
    await page.locator('[data-link=live]').waitFor();
    page.setDefaultTimeout(20_000);
  }, 60_000);
  afterAll(async () => {
    await desk?.end();
    await robot?.stop();
  });

  it('sets up a robot by what the page says, and the test message arrives, signed', async () => {
    await page.locator('.strip [data-reach=none] a').click();
    await page.locator('[data-part=no-channel] li').nth(2).waitFor();
    await page.click('[data-part=new-channel]');
    await page.fill('dialog [name=name]', '值班群');
    await page.fill('dialog [name=url]', `${robot.url}/robot/send?access_token=${TOKEN}`);
    await page.fill('dialog [name="secrets.secret"]', SECRET);
    await page.click('dialog [type=submit]');
    await page.locator('[data-channel=dingtalk] [data-part=test]').click();
    await page.locator('[data-part=tested][data-outcome=accepted]').waitFor();
    expect(arrived).toHaveLength(1);
    expect(arrived[0]).toContain('测试');
  });

  it('adds a unit and three people, and a roster in which they take turns: the strip is quiet', async () => {
    const add = async (what: string, typed: Record<string, string>, chosen: Record<string, string> = {}) => {
      await page.click(`[data-part=new-${what}]`);
      for (const [name, value] of Object.entries(chosen))
        await page.selectOption(`dialog [name=${name}]`, value);
      for (const [name, value] of Object.entries(typed)) await page.fill(`dialog [name=${name}]`, value);
      await page.click('dialog [type=submit]');
      await page.locator('dialog').waitFor({ state: 'detached' });
    };
    await page.locator('.strip [data-reach=unmanned] a').click();
    await page.locator('[data-part=no-unit] li').first().waitFor();
    await add('unit', { name: '市监测中心' });
    await add('contact', { name: '王建国', mobile: '13800000001' });
    await add('contact', { name: '李敏', mobile: '13800000002' });
    await add('contact', { name: '赵强', mobile: '13800000003' });
    // Each begins where the one before ends: twelve hours, the next twelve, and again.
    for (const id of [1, 2, 3]) await add('shift', {}, { duty: `contact-${id}` });
    expect(await page.locator('[data-part=calendar] [data-part=shift]').count()).toBeGreaterThanOrEqual(3);
    await page.locator('[data-part=on-duty] [data-post=duty]').getByText('王建国').waitFor();
    await page.locator('.strip [data-reach]').waitFor({ state: 'detached' });
  });

  it('switches pop-ups on; a red while the page is away pops up, reaches the robot with who is on duty, and a press opens it', async () => {
    await page.click('[data-part=desk-notices][data-state=off]');
    await page.locator('[data-part=desk-notices][data-state=on]').waitFor();
    await page.evaluate(() => {
      (globalThis as unknown as Probe).away = true;
    });
    await desk.gas('NEW-1', 60);
    await expect.poll(() => arrived.length).toBe(2);
    expect(arrived[1]).toContain('13800000001');
    const told = () => page.evaluate(() => (globalThis as unknown as Probe).told.map((t) => t.title));
    await expect.poll(told).toEqual(['桌面通知已启用', '【红】NEW-1']);
    await page.evaluate(() => {
      (globalThis as unknown as Probe).away = false;
      (globalThis as unknown as Probe).told[1]?.press();
    });
    await page.locator('[data-part=told]').getByText('王建国').waitFor();
    expect(desk.faults).toEqual([]);
  });
});
