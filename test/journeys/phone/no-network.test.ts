import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD } from '../../support/service-process.ts';
import { CHROMIUM } from '../pages/browser-harness.ts';
import { logIn } from '../pages/page-browser.ts';
import { allSent, inState, openOrder, PHONE, PhoneHarness, press, submit } from './phone-harness.ts';

/** The smallest picture there is. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe.skipIf(CHROMIUM === null)('the page of crews without a network', () => {
  let city: PhoneHarness;
  beforeAll(async () => {
    city = await PhoneHarness.start();
  });
  afterAll(() => city?.end());
  afterEach(() => expect(city.desk.faults).toEqual([]));

  /** The page is on the phone, and what it shows as well. */
  async function ready(page: Page, ...nos: string[]): Promise<void> {
    await page.evaluate(async () => {
      const { navigator } = globalThis as unknown as {
        navigator: { serviceWorker: { ready: Promise<unknown> } };
      };
      await navigator.serviceWorker.ready;
    });
    for (const no of nos) {
      await openOrder(page, no);
      await page.locator('[data-part=alarm]').waitFor();
      await page.locator('button.back').click();
    }
  }
  const waiting = (page: Page, n: number) => page.locator(`[data-waiting="${n}"]`).waitFor();
  const offline = (page: Page) => page.context().setOffline(true);
  const online = (page: Page) => page.context().setOffline(false);

  test('until the first answer has come nobody is told that there is nothing to do', async () => {
    const page = await city.desk.stranger(
      { ...PHONE, serviceWorkers: 'block' },
      `${city.desk.service.url}/m`,
    );
    const asked = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    await page.route('**/api/v1/orders?limit=500', async (route) => {
      asked.resolve();
      await held.promise;
      await route.continue();
    });
    await logIn(page, 'zhao', PASSWORD);
    await asked.promise;
    await page.locator('[data-part=not-yet]').waitFor();
    expect(await page.locator('[data-part=none]').count()).toBe(0);
    held.resolve();
    await page.locator('[data-part=none]').waitFor();
  });

  test('acts and photographs wait through reload and closing, go in order with their own times, and what was refused is explained', async () => {
    const mine = await city.order();
    const lost = await city.order();
    const first = await city.phone('wang');
    await ready(first, mine.no, lost.no);
    await offline(first);
    await openOrder(first, mine.no);
    await press(first, 'accept');
    await inState(first, 'accepted');
    await press(first, 'arrive');
    await first.locator('[data-part=place]', { hasText: '±9' }).waitFor();
    await submit(first);
    await inState(first, 'on-site');
    await press(first, 'check-safety');
    await first.fill('input[name=CH4]', '0');
    await submit(first);
    await press(first, 'feedback');
    await first.fill('textarea', '阀门已关');
    await first
      .locator('input[type=file]')
      .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: PICTURE });
    await first.locator('[data-part=photo]').waitFor();
    await submit(first);
    await waiting(first, 4);
    await first.locator('[data-online=false]', { hasText: '没有网络' }).waitFor();
    await first.locator('[data-part=as-of]', { hasText: '显示的是' }).waitFor();

    // A reload, and then the browser closed and opened again: the page, its orders and what waits are there.
    await first.reload();
    await waiting(first, 4);
    await first.close();
    const page = await first.context().newPage();
    await page.goto(`${city.desk.service.url}/m/`);
    await waiting(page, 4);
    await openOrder(page, lost.no);
    await page.locator('[data-part=alarm]', { hasText: '60 %LEL' }).waitFor();
    await page.locator('[data-event=dispatched]').waitFor();
    await press(page, 'accept');
    await page.locator('button.back').click();
    await openOrder(page, mine.no);
    await inState(page, 'on-site');
    await press(page, 'done');
    await page.fill('textarea', '已更换密封');
    await submit(page);
    await inState(page, 'done');
    await waiting(page, 6);
    expect((await city.of(mine.id)).state).toBe('dispatched');

    // Meanwhile the desk gives one of them to others.
    await city.act(lost.id, 'forward', { unit: 'water-crew', reason: '改派' });
    const before = Date.now();
    await online(page);
    await allSent(page);
    const story = (await city.story(mine.id)).filter((e) => e.account === 'wang');
    expect(story.map((e) => e.event)).toEqual(['accepted', 'arrived', 'safety-checked', 'fed-back', 'done']);
    const acted = story.map((e) => Date.parse(e.actedAt));
    expect(acted).toEqual([...acted].sort((a, b) => a - b));
    for (const [i, e] of story.entries())
      expect([e.event, (acted[i] as number) < before, Date.parse(e.at) >= before]).toEqual([
        e.event,
        true,
        true,
      ]);
    const done = await city.of(mine.id);
    expect([done.state, done.attachments.length]).toEqual(['done', 1]);

    await page.locator('[data-refused="1"]').click();
    const refused = page.locator('[data-is=refused]');
    expect(await refused.locator('[data-part=why]').textContent()).toContain('这张工单已转给其他单位');
    expect(await refused.textContent()).toContain(lost.no);
    expect(await city.of(lost.id)).toMatchObject({ unit: 'water-crew', state: 'dispatched' });
    // It stays to be looked at, and is sent once more by nobody but a person.
    await page.reload();
    await refused.waitFor();
    expect((await city.story(lost.id)).map((e) => e.event)).not.toContain('accepted');
    await refused.locator('button').last().click();
    await page.locator('[data-part=all-sent]').waitFor();
    await page.context().close();
  });

  test('an act whose answer was lost is done once, and shown as done', async () => {
    const { id, no } = await city.order();
    const page = await city.phone('wang');
    let lost = 0;
    await page.route('**/api/v1/orders/*/feedback', async (route) => {
      if (lost++ > 1) return route.continue();
      // It has reached the service, and nobody is told.
      await route.fetch();
      await route.abort('connectionreset');
    });
    await openOrder(page, no);
    await press(page, 'feedback');
    await page.fill('textarea', '只此一次');
    await submit(page);
    // A network that comes and goes.
    await expect
      .poll(async () => {
        await page.evaluate(() => (globalThis as unknown as EventTarget).dispatchEvent(new Event('online')));
        return lost;
      })
      .toBe(3);
    await page.locator('[data-event=fed-back]', { hasText: '只此一次' }).waitFor();
    await allSent(page);
    expect((await city.story(id)).filter((e) => e.event === 'fed-back')).toHaveLength(1);
    expect(await page.locator('[data-refused]').count()).toBe(0);
    await page.context().close();
  });

  test('a second person on the same phone sends nothing of the first, whose acts wait for their log-in', async () => {
    const { id, no } = await city.order();
    const page = await city.phone('wang');
    await ready(page, no);
    await offline(page);
    await openOrder(page, no);
    await press(page, 'accept');
    await waiting(page, 1);
    await page.locator('button.back').click();
    page.once('dialog', (d) => void d.accept());
    await page.locator('[data-part=logout]').click();
    const waits = page.locator('[data-part=waits-of]', { hasText: 'wang 有 1 项未发送' });
    await waits.waitFor();
    // Without a network nobody can be told; whoever opens the page again is not let in with the old session.
    await page.reload();
    await waits.waitFor();
    await online(page);
    await page.reload();
    await waits.waitFor();
    await city.logIn(page, 'zhao');
    await page.locator('.strip', { hasText: 'wang 有 1 项未发送' }).waitFor();
    expect(await page.locator(`a[data-order="${no}"]`).count()).toBe(0);
    expect((await city.of(id)).state).toBe('dispatched');
    await page.locator('[data-part=logout]').click();
    await page.locator('input[name=account]').waitFor();
    await city.logIn(page, 'wang');
    await allSent(page);
    expect((await city.story(id)).at(-1)).toMatchObject({ event: 'accepted', account: 'wang' });
    await page.context().close();
  });

  test('where another has logged in to the desk in the same browser, nothing of the first is sent as theirs', async () => {
    const { id, no } = await city.order();
    const page = await city.phone('wang');
    await ready(page, no);
    await offline(page);
    await openOrder(page, no);
    await press(page, 'accept');
    await waiting(page, 1);
    const { cookie } = await city.desk.service.client('admin');
    const [name = '', value = ''] = cookie.split('=');
    await page.context().addCookies([{ name, value, url: city.desk.service.url }]);
    await online(page);
    await page.locator('.strip', { hasText: 'wang 有 1 项未发送' }).waitFor();
    await page.locator('[data-online=true]').waitFor();
    expect((await city.story(id)).map((e) => e.event)).toEqual(['created', 'dispatched']);
    await page.context().close();
  });

  test('where the session has ended meanwhile, nothing is lost: it is said, and sent after the log-in', async () => {
    const { id, no } = await city.order();
    const page = await city.phone('wang');
    await ready(page, no);
    await offline(page);
    await openOrder(page, no);
    await press(page, 'accept');
    await waiting(page, 1);
    await page.context().clearCookies();
    await online(page);
    await page.locator('.said', { hasText: '登录已失效' }).waitFor();
    await page.locator('[data-part=waits-of]', { hasText: '1 项未发送' }).waitFor();
    await city.logIn(page, 'wang');
    await allSent(page);
    expect((await city.of(id)).state).toBe('accepted');
    await page.context().close();
  });

  test('what nobody wants to send any more is taken back, and never sent', async () => {
    const { id, no } = await city.order();
    const page = await city.phone('wang');
    await ready(page, no);
    await offline(page);
    await openOrder(page, no);
    await press(page, 'accept');
    await page.locator('[data-waiting="1"]').click();
    page.once('dialog', (d) => void d.accept());
    await page.locator('[data-is=waiting] button').click();
    await page.locator('[data-part=all-sent]').waitFor();
    await online(page);
    await page.locator('[data-online=true]').waitFor();
    expect((await city.of(id)).state).toBe('dispatched');
    await page.context().close();
  });
});
