import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserHarness, CHROMIUM } from '../pages/browser-harness.ts';
import { axeFindings } from '../pages/page-axe.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe.skipIf(CHROMIUM === null)('what else a curve tells', () => {
  let desk: BrowserHarness;
  let page: Page;
  const now = Date.now();
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    const flat = (from: number, to: number, value: number) => {
      const packets: { ts: number; values: { ch4: number } }[] = [];
      for (let t = from; t < to; t += MINUTE) packets.push({ ts: t, values: { ch4: value } });
      return packets;
    };
    // Yesterday at 8, today at 2, and the last twenty minutes over the yellow limit.
    for (const part of [
      flat(now - DAY - 3 * HOUR, now - DAY, 8),
      flat(now - 3 * HOUR, now - 20 * MINUTE, 2),
      flat(now - 20 * MINUTE, now, 30),
    ])
      await desk.publish('lifeline/v1/gas/WELL-1/telemetry', part);
    page = await desk.operator(
      { acceptDownloads: true },
      `${desk.service.url}/trend?points=WELL-1:ch4&range=6h`,
    );
    page.setDefaultTimeout(20_000);
    await page.locator('[data-part=trend] .panel canvas').first().waitFor();
  });
  afterAll(() => desk?.end());

  it('95 % of the readings, and how long it lay over the limit', async () => {
    await page.locator('[data-part=p95]').getByText('30 %LEL').waitFor();
    await page
      .locator('[data-part=over]')
      .getByText(/^(19|20|21) 分钟/)
      .waitFor();
  });

  it('yesterday stands behind today, in the address too', async () => {
    await page.click('[data-part=ghosts] summary');
    await page.check('[name=ghost-1]');
    await page.waitForURL(/ghost=1/);
    const key = page.locator('[data-part=ghost-key] [data-ghost="1"]');
    await key.getByText('昨天').waitFor();
    expect(Number(await key.getAttribute('data-cells'))).toBeGreaterThan(100);
    await page.keyboard.press('Escape');
  });

  it('from and to are typed in Beijing time; what is no time is said to be none', async () => {
    await page.click('[data-part=from-to] summary');
    await page.fill('[name=from]', '2026-02-31 08:00');
    await page.click('[data-part=from-to] [type=submit]');
    await page.locator('[data-part=from-to] [role=alert]').waitFor();
    const text = (t: number) => new Date(t + 8 * HOUR).toISOString().slice(0, 16).replace('T', ' ');
    await page.fill('[name=from]', text(now - 2 * HOUR));
    await page.fill('[name=to]', text(now));
    await page.click('[data-part=from-to] [type=submit]');
    await page.waitForURL(/from=.*to=/);
    await page.locator('[data-part=window]').getByText('固定时段').waitFor();
    await page.keyboard.press('Escape');
  });

  it('a note beside the curve says who and when, and a colleague sees it; only its writer takes it back', async () => {
    await page.click('[data-part=write-note]');
    await page.fill('[name=note-text]', '阀门检修，数值不可信');
    await page.click('[data-part=happened] form [type=submit]');
    const note = page.locator('[data-happened=note]');
    await note.getByText('阀门检修，数值不可信').waitFor();
    expect(await note.textContent()).toContain('系统管理员');
    const li = await desk.person('li', ['operator']);
    const { items } = await li.get<{ items: { text: string; mine: boolean }[] }>('/points/WELL-1/notes');
    expect(items).toMatchObject([{ text: '阀门检修，数值不可信', mine: false }]);
  });

  it('an order about its alarm stands beside it', async () => {
    const { items } = await desk.api.get<{ items: { id: string }[] }>('/alarms');
    const made = await desk.api.post('/orders', {
      source: { kind: 'alarm', id: items[0]?.id },
      alarms: [items[0]?.id],
      commandId: 'o-1',
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    await page.goto(`${desk.service.url}/trend?points=WELL-1:ch4&range=6h`);
    await page.locator('[data-happened=order] a').waitFor();
  });

  it('what is drawn is saved as a picture, and as a view', async () => {
    await page.locator('[data-part=trend] .panel canvas').first().waitFor();
    const saved = page.waitForEvent('download');
    await page.click('[data-part=png]');
    const file = await (await saved).createReadStream();
    const bytes: Buffer[] = [];
    for await (const piece of file) bytes.push(piece as Buffer);
    const png = Buffer.concat(bytes);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBeGreaterThan(600);
    await page.click('[data-part=views-menu] summary');
    await page.fill('[name=view-name]', '一号井');
    await page.click('[data-part=views-menu] [type=submit]');
    await page.locator('[data-view=一号井]').waitFor();
    await page.keyboard.press('Escape');
  });

  it('a limit drawn up becomes a draft of its rule at this point, and changes nothing by itself', async () => {
    const handle = page.locator('.handle[data-limit="3"]');
    const box = await handle.boundingBox();
    if (box === null) throw new Error('the handle is not there');
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y - 30, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/\/rules\/.*limit=/);
    const asked = new URL(page.url()).searchParams;
    expect(Number(asked.get('limit'))).toBeGreaterThan(20);
    await expect.poll(() => page.inputValue('[name=limit-3]')).toBe(asked.get('limit'));
    expect(await page.inputValue('[name=scope-code]')).toBe('WELL-1');
    await page.goBack();
  });

  it.each(['dark', 'light'] as const)('axe, %s', async (theme) => {
    const ready = async () => {
      await page.locator('[data-part=trend] .panel canvas').first().waitFor();
      await page.click('[data-part=write-note]');
    };
    expect(await axeFindings(page, theme, ready)).toEqual([]);
  });

  it('did all that without a fault', () => {
    expect(desk.faults).toEqual([]);
  });

  it('the spectrum of what swings: its frequencies, how sure they are, nothing cut off on a phone', async () => {
    // Four minutes at 50 Hz that swing at 1.2 Hz, a frame for ten seconds.
    const from = now - 4 * MINUTE;
    const frames = Array.from({ length: 24 }, (_, k) => ({
      t0: from + k * 10_000,
      dt: 20,
      series: {
        cableAcc: Array.from({ length: 500 }, (_, i) => {
          const noise = Math.sin(i * 12.9898 + k * 78.233) * 43_758.5453;
          const swing = 0.3 * Math.sin(2 * Math.PI * 1.2 * (k * 10 + i / 50));
          return Math.round(1e4 * (swing + 0.2 * (noise - Math.floor(noise) - 0.5))) / 1e4;
        }),
      },
    }));
    await desk.publish('lifeline/v1/bridge/STAY-1/telemetry', frames);
    await page.goto(`${desk.service.url}/trend?points=STAY-1:cableAcc.rms.1m&range=1h`);
    const part = page.locator('[data-part=spectrum]');
    await expect
      .poll(
        async () => {
          await part.getByRole('button').first().click();
          return part.locator('[data-part=mode]').allTextContents();
        },
        { timeout: 25_000, interval: 500 },
      )
      .toEqual([expect.stringMatching(/^1\.\d+ ± 0\.\d+ Hz/)]);
    await part.locator('svg[role=img]').waitFor();
    const looks = process.env.SPECTRUM_SCREENSHOTS;
    for (const [width, height] of [
      [1366, 768],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      const ready = async () => {
        await part.locator('[data-part=course]').click();
        await part.locator('[data-part=course-says]').waitFor();
        await part.locator('[data-part=mode]').waitFor();
      };
      for (const theme of ['light', 'dark'] as const)
        expect(await axeFindings(page, theme, ready)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      if (looks !== undefined) await part.screenshot({ path: `${looks}/spectrum-${width}.png` });
    }
  }, 90_000);
});
