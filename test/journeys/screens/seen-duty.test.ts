import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserHarness, Cable, CHROMIUM, row } from '../pages/browser-harness.ts';

type Listed = {
  readonly id: string;
  readonly pointCode: string;
  readonly phase: string;
  readonly raisedAt: string;
};

/** Runs in the page: when it first said so, by its own clock. */
const NOTE = `globalThis.noted = {};
new MutationObserver(() => {
  const link = document.querySelector('[data-link]')?.dataset.link;
  if (link === 'delayed') noted.delayedAt ??= performance.now();
  if (document.querySelector('[data-part=link-banner]')) noted.bannerAt ??= performance.now();
  if (document.querySelector('[data-part=busy]')) noted.busyAt ??= performance.now();
  if (document.querySelector('[data-part=busy][data-late]')) noted.lateAt ??= performance.now();
}).observe(document, { subtree: true, childList: true, attributes: true });
performance.now()`;
type Noted = { delayedAt: number; bannerAt: number; busyAt: number; lateAt: number };

/** What an officer cursed in a shift at the desk (issue 19), each held here in the order in which it befell. */
describe.skipIf(CHROMIUM === null)('the duty desk does what the officer sees', () => {
  let desk: BrowserHarness;
  let cable: Cable;
  let page: Page;
  const REDS = ['RED-0', 'RED-1', 'RED-2'];

  beforeAll(async () => {
    desk = await BrowserHarness.start({ LIFELINE_SHELVE_LEVEL_1: 'one-person' });
    cable = await Cable.to(desk.service.url);
    for (const code of REDS) await desk.gas(code, 60);
    for (let i = 0; i < 11; i++) await desk.gas(`YEL-${i}`, 22);
    page = await desk.operator({}, cable.url);
  });
  afterAll(async () => {
    await cable?.end();
    await desk?.end();
  });

  const listed = (): Promise<readonly Listed[]> => desk.api.all<Listed>('/alarms?limit=100');
  const acked = async (): Promise<string[]> =>
    (await listed())
      .filter((a) => !a.phase.endsWith('unacked'))
      .map((a) => a.pointCode)
      .sort();
  const marked = (): Promise<string | null> =>
    page.locator('.list [aria-selected=true] .row').getAttribute('data-point');
  const toasts = (): Promise<string[]> => page.locator('.toast').allTextContents();
  const onTheList = (): Promise<void> => page.locator('.scroller').focus();

  it('begins with three reds and eleven milder ones', async () => {
    await expect.poll(() => page.locator('.list .row').count()).toBe(14);
    expect(await listed()).toHaveLength(14);
  });

  it('narrowed by a search, the row that is left is marked, and A acknowledges it and none that is not there', async () => {
    expect(await marked()).toMatch(/^RED/);
    await page.fill('input[name=q]', 'YEL-4');
    await expect.poll(() => page.locator('.list .row').count()).toBe(1);
    await expect.poll(marked).toBe('YEL-4');
    await onTheList();
    await page.keyboard.press('a');
    await expect.poll(acked).toEqual(['YEL-4']);
  });

  it('where no row is marked, A says so and does nothing', async () => {
    await page.fill('input[name=q]', 'no such place');
    await expect.poll(() => page.locator('.list .row').count()).toBe(0);
    await page.locator('.tabs button').first().focus();
    await page.keyboard.press('a');
    await expect.poll(toasts).toEqual(expect.arrayContaining([expect.stringMatching(/没有选中的报警/)]));
    await page.fill('input[name=q]', '');
    await page.locator('.tabs button').nth(2).click();
    await page.keyboard.press('a');
    await page.locator('.tabs button').nth(0).click();
    expect(await acked()).toEqual(['YEL-4']);
  });

  it('a marked row that is scrolled out of sight is shown first, and acknowledged only at the second press', async () => {
    await page.setViewportSize({ width: 1366, height: 520 });
    await expect.poll(marked).toMatch(/^RED/);
    const first = (await marked()) as string;
    await page.locator('.scroller').evaluate((e) => {
      (e as unknown as { scrollTop: number }).scrollTop = 9_999;
    });
    await onTheList();
    await page.keyboard.press('a');
    await expect.poll(toasts).toEqual(expect.arrayContaining([expect.stringMatching(/不在眼前/)]));
    expect(await acked()).toEqual(['YEL-4']);
    await page.keyboard.press('a');
    await expect.poll(acked).toEqual([first, 'YEL-4'].sort());
    await page.setViewportSize({ width: 1366, height: 768 });
  });

  it('then the mark stands on the worst that has waited longest, and N offers the one acknowledged just now', async () => {
    const all = await listed();
    const done = all.find((a) => a.pointCode.startsWith('RED') && a.phase === 'active-acked') as Listed;
    const waiting = all
      .filter((a) => a.pointCode.startsWith('RED') && a.phase === 'active-unacked')
      .sort((a, b) => (a.raisedAt < b.raisedAt ? -1 : 1));
    expect(waiting).toHaveLength(2);
    await expect.poll(marked).toBe(waiting[0]?.pointCode);
    await page.keyboard.press('n');
    const about = page.locator('dialog [data-part=about]');
    expect(await about.getAttribute('data-about')).toBe(done.id);
    expect(await about.textContent()).toContain(done.pointCode);
    expect(await page.locator('dialog input[name=about]').count()).toBe(2);
    await page.fill('dialog textarea', '已电话通知');
    await page.click('dialog [type=submit]');
    await page.locator('dialog').waitFor({ state: 'detached' });
    const { items } = await desk.api.get<{ items: { event: string }[] }>(`/alarms/${done.id}/events`);
    expect(items.filter((e) => e.event === 'noted')).toHaveLength(1);
  });

  it('a flood is counted by level, and not all of it as the worst', async () => {
    const chip = page.locator('[data-part=flood] button').first();
    await chip.waitFor();
    const counts = await chip.locator('.of').evaluateAll((all) =>
      all.map((e) => {
        const { level, count } = (e as unknown as { dataset: { level: string; count: string } }).dataset;
        return [Number(level), Number(count)];
      }),
    );
    // Of the reds one is acknowledged, of the milder ones another.
    expect(counts.map(([, n]) => n)).toEqual([2, 10]);
    expect(counts[0]?.[0]).toBe(1);
  });

  it('at 200 % on a small screen, in a flood, four rows of the list can be seen', async () => {
    await page.setViewportSize({ width: 683, height: 384 });
    await expect
      .poll(() =>
        page.locator('.list .row').evaluateAll((all) => {
          const seen = all.filter((e) => {
            const { left, top, bottom } = e.getBoundingClientRect();
            const at = document.elementFromPoint(left + 30, (top + bottom) / 2);
            return bottom <= innerHeight && at !== null && (at === e || e.contains(at));
          });
          return seen.length;
        }),
      )
      .toBeGreaterThanOrEqual(4);
    await page.setViewportSize({ width: 1366, height: 768 });
  });

  it('at 200 % what a key opens can be seen, and the flood makes the page no wider', async () => {
    await page.setViewportSize({ width: 683, height: 384 });
    await page.locator('[data-part=flood]').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    await page.locator('.list .scroller').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('n');
    await page.locator('dialog[open] textarea').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await page.locator('.detail .back').click();
    await page.locator('.list .row').first().waitFor();
    await page.setViewportSize({ width: 1366, height: 768 });
  });

  it('text grows with the screen, and by A+ and A−, which this workstation remembers', async () => {
    const size = (): Promise<number> =>
      row(page, 'RED-0')
        .locator('.site')
        .evaluate((e) => Number.parseFloat(getComputedStyle(e).fontSize));
    await page.setViewportSize({ width: 3840, height: 2160 });
    await expect.poll(size).toBe(28);
    await page.setViewportSize({ width: 1366, height: 768 });
    await expect.poll(size).toBe(14);
    await page.locator('[data-part=larger]').click();
    await expect.poll(size).toBeCloseTo(16.1, 1);
    await page.reload();
    await page.locator('[data-link=live]').waitFor();
    await expect.poll(size).toBeCloseTo(16.1, 1);
    // Where larger text leaves less room the last ten give theirs to the list, whose rows stay in sight.
    expect(await page.locator('.recovered').count()).toBe(1);
    const larger = page.locator('[data-part=larger]');
    while (await larger.isEnabled()) await larger.click();
    await expect.poll(() => page.locator('.recovered').count()).toBe(0);
    const smaller = page.locator('[data-part=smaller]');
    while ((await size()) > 14.1) await smaller.click();
    await expect.poll(size).toBe(14);
  });

  it('A8 where the network swallows packets: 延迟 at 2 s, the banner at 3 s, an act says that nobody answers', async () => {
    await page.locator('[data-link=live]').waitFor();
    const start = await page.evaluate<number>(NOTE);
    cable.swallow();
    await onTheList();
    await page.keyboard.press('a');
    await page.locator('[data-part=link-banner]').waitFor({ timeout: 20_000 });
    const noted = await page.evaluate<Noted>('noted');
    const after = (at: number): string => `${(at - start).toFixed(0)} ms`;
    console.info(
      `A8 swallowed: 延迟 after ${after(noted.delayedAt)}, banner after ${after(noted.bannerAt)}, ` +
        `未得回应 ${(noted.lateAt - noted.busyAt).toFixed(0)} ms after the key`,
    );
    expect(noted.delayedAt - start).toBeLessThan(3_000);
    expect(noted.bannerAt - start).toBeLessThan(4_000);
    expect(noted.lateAt - noted.busyAt).toBeLessThan(2_000);
    // As A8 has it: what is shown is grey, stays, and nothing is queued.
    expect(await page.locator('.list .row .stale').count()).toBeGreaterThan(0);
    await page.keyboard.press('s');
    expect(await page.locator('dialog').count()).toBe(0);
  });

  it('what was said of the link is gone with the fault', async () => {
    await page.locator('.detail .refusal:not(.empty)', { hasText: '连接已断开' }).waitFor();
    // One more word about it, that no longer may stand when it is not so.
    await expect.poll(() => page.locator('[data-part=busy]').count(), { timeout: 30_000 }).toBe(0);
    await onTheList();
    await page.keyboard.press('a');
    await expect.poll(toasts).toEqual(expect.arrayContaining([expect.stringMatching(/连接已断开/)]));
    cable.mend();
    await page.locator('[data-link=live]').waitFor({ timeout: 20_000 });
    await expect.poll(() => page.getByText('连接已断开').count(), { timeout: 20_000 }).toBe(0);
  });

  it('sound is remembered at this workstation: after F5 the first press of anything brings it back', async () => {
    await page.locator('[data-part=sound-strip] button').click();
    await expect.poll(() => page.getAttribute('.sound', 'data-sound')).toBe('on');
    await page.reload();
    await page.locator('[data-link=live]').waitFor();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.getAttribute('.sound', 'data-sound')).toBe('on');
    await expect.poll(() => page.getAttribute('.sound', 'data-sounding')).toBe('1');
    expect(await page.locator('[data-part=sound-strip]').count()).toBe(0);
  });

  it('where no alarm can reach the desk a warning tone says so: the link is gone, the session has ended', async () => {
    cable.swallow();
    await page.locator('[data-part=link-banner][data-warning]').waitFor({ timeout: 30_000 });
    cable.mend();
    await page.locator('[data-link=live]').waitFor({ timeout: 20_000 });
    await page.evaluate(() => fetch('/api/v1/session', { method: 'DELETE' }));
    const warning = page.locator('[data-part=sound-warning]');
    await warning.waitFor();
    await warning.locator('button').click();
    await warning.waitFor({ state: 'detached' });
  });

  it('did all that without a fault', () => {
    expect(desk.faults).toEqual([]);
  });
});
