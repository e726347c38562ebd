import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../support/service-process.ts';
import { BrowserHarness, CHROMIUM, row } from '../pages/browser-harness.ts';
import { logIn } from '../pages/page-browser.ts';

/** Where pictures go, when somebody wants to look: `HANDOVER_PICTURES=/tmp/handover`. */
const PICTURES = process.env.HANDOVER_PICTURES ?? null;

/** Two desks and four people, and a third who tries to sign for somebody else. */
describe.skipIf(CHROMIUM === null)('the hand-over on the page', () => {
  let house: BrowserHarness;
  let going: Page;
  let coming: Page;

  beforeAll(async () => {
    house = await BrowserHarness.start({
      LIFELINE_AUTO_REGISTER: 'true',
      LIFELINE_HANDOVER_PERSONS: '2',
    });
    for (const name of ['zhang', 'li', 'wang', 'zhao', 'qian'])
      await house.person(name, [name === 'zhang' ? 'shift-leader' : 'operator']);
    await house.gas('D-1', 60);
    going = await enter('zhang', '/handover');
    coming = await enter('qian', '/handover');
  }, 120_000);
  afterAll(() => house?.end());

  async function enter(account: string, path: string): Promise<Page> {
    const page = await house.stranger({}, `${house.service.url}${path}`);
    page.setDefaultTimeout(20_000);
    await logIn(page, account, PASSWORD);
    return page;
  }
  /** The same desk, and somebody else at it. */
  async function relieve(page: Page, account: string): Promise<void> {
    const path = new URL(page.url()).pathname;
    await page.context().clearCookies();
    await page.goto(`${house.service.url}${path}`);
    await logIn(page, account, PASSWORD);
  }
  async function picture(page: Page, what: string): Promise<void> {
    if (PICTURES === null) return;
    mkdirSync(PICTURES, { recursive: true });
    await page.screenshot({ path: join(PICTURES, `${what}.png`), fullPage: true });
  }
  const record = (page: Page, is: string) =>
    page.locator(`[data-part=handover-record][data-state=${is}]`).waitFor();
  async function sign(page: Page): Promise<void> {
    await page.fill('[data-part=sign] [name=secret]', PASSWORD);
    await page.click('[data-part=sign] [type=submit]');
  }
  const alarms = (page: Page) => page.locator('[data-part=frozen-alarms] tbody tr');

  it('is made by one of the outgoing shift, and lies before everybody at once', async () => {
    await going.click('[data-part=make]');
    for (const box of ['outgoing-li', 'incoming-wang', 'incoming-zhao'])
      await going.check(`[data-part=make-handover] [name=${box}]`, { force: true });
    await going.fill('[data-part=make-handover] [name=instructions]', '盯住 D-1，两小时复测一次');
    await picture(going, 'make');
    await going.click('[data-part=make-handover] [type=submit]');
    await record(going, 'open');
    expect(await alarms(going).count()).toBe(1);
    await coming.locator('[data-part=under-way] [data-handover] a').click();
    await record(coming, 'open');
    // Who is not named cannot sign.
    await coming.locator('[data-part=not-mine]').waitFor();
    expect(await coming.locator('[data-part=sign]').count()).toBe(0);
  });

  it('does not move while the world does', async () => {
    const before = await going.locator('[data-part=frozen-at]').textContent();
    await house.gas('D-2', 60);
    await going.goto(`${house.service.url}/`);
    await row(going, 'D-2').waitFor();
    await going.goBack();
    await record(going, 'open');
    expect(await alarms(going).count()).toBe(1);
    expect(await going.locator('[data-part=frozen-at]').textContent()).toBe(before);
  });

  it('is signed by each for themselves, the outgoing shift first; until the end they answer', async () => {
    await relieve(coming, 'wang');
    await coming.locator('[data-part=waits]').waitFor();
    await going.fill('[data-part=sign] [name=secret]', '不是口令');
    await going.click('[data-part=sign] [type=submit]');
    await going.locator('[data-part=sign] [role=alert]:not(:empty)').waitFor();
    await picture(going, 'refused');
    await sign(going);
    await going.locator('[data-signed=true]').waitFor();
    await relieve(going, 'li');
    await sign(going);
    // The other desk hears of it by itself.
    await record(coming, 'outgoing-signed');
    await coming.getByText('此刻由 zhang、li 负责').waitFor();
    for (const tick of ['log', 'console', 'comms'])
      await coming.check(`[data-part=sign] [name=tick-${tick}]`, { force: true });
    await picture(coming, 'sign');
    await sign(coming);
    await coming.locator('[data-part=not-mine]').waitFor();
    await relieve(coming, 'zhao');
    await sign(coming);
    await record(coming, 'both-signed');
    await record(going, 'both-signed');
    expect(await coming.locator('[data-signed=true]').count()).toBe(4);
    await picture(coming, 'signed');
    await coming.click('text=English');
    await coming.getByText('Hand-over sheet').waitFor();
    await picture(coming, 'signed-en');
  });

  it('stays in the history', async () => {
    await coming.goto(`${house.service.url}/handover`);
    await coming.locator('[data-part=history] [data-state=both-signed]').waitFor();
    await picture(coming, 'history-en');
  });

  it('a report of the day is made, reviewed and issued beside it, and goes on paper', async () => {
    await relieve(going, 'zhang');
    await going.locator('[data-link=live]').waitFor();
    await going.goto(`${house.service.url}/reports`);
    await going.click('[data-part=make]');
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    await going.fill('[data-part=make-report] [name=day]', today);
    await going.click('[data-part=make-report] [type=submit]');
    const file = (is: string) => going.locator(`[data-part=report-file][data-state=${is}]`);
    await file('draft').waitFor();
    await going.locator('[data-figure="alarms.raised"] dd').getByText('2', { exact: true }).waitFor();
    await going.click('[data-part=review]');
    await going.fill('dialog [name=text]', '两处红色报警均已派人');
    await going.click('dialog [type=submit]');
    await file('reviewed').waitFor();
    await picture(going, 'report');
    await going.click('[data-part=issue]');
    await going.click('dialog [type=submit]');
    await file('issued').waitFor();
    const paper = await going.locator('[data-part=html]').getAttribute('href');
    await going.click('text=English');
    await going.getByText('As of event').waitFor();
    await picture(going, 'report-en');
    await going.goto(new URL(paper ?? '', house.service.url).href);
    await going.getByText('两处红色报警均已派人').waitFor();
    await picture(going, 'report-paper');
    await going.goto(`${house.service.url}/reports`);
    await going.locator('[data-report][data-state=issued]').waitFor();
    await picture(going, 'reports-en');
    expect(house.faults).toEqual([]);
  });
});
