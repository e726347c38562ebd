import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildConsole } from '../../../scripts/build-console.ts';
import { run } from '../../commands/run.ts';
import { aFlood } from '../../domain/forecast/a-flood.ts';
import { eventually } from '../../support/eventually.ts';
import { PASSWORD, ServiceProcess } from '../../support/service-process.ts';
import { CHROMIUM } from '../pages/browser-harness.ts';
import { axeFindings } from '../pages/page-axe.ts';
import { launch, logIn, settled, type Visit, visit } from '../pages/page-browser.ts';

// A spot with forty floods in its past stands in water that rises, and somebody who has not read the code looks at it.

const SPOT = 'UNDERPASS-1';
const MINUTE = 60_000;
const LOOKS = process.env.FORECAST_SCREENSHOTS;

type Answer = {
  none: string | null;
  reaches: { limit: number }[];
  samples: number;
  warningId: string | null;
};

describe.skipIf(CHROMIUM === null)('a forecast, read from the screen', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lifeline-forecast-'));
  let service: ServiceProcess;
  let browser: Browser;
  const visits: Visit[] = [];

  const publish = async (values: Record<string, number>, ts = Date.now()): Promise<void> => {
    const sensor = await mqtt.connectAsync(`mqtt://${service.mqttHost}:${service.mqttPort}`);
    await sensor.publishAsync(`lifeline/v1/waterlogging/${SPOT}/telemetry`, JSON.stringify({ ts, values }), {
      qos: 1,
    });
    await sensor.endAsync();
  };

  beforeAll(async () => {
    await buildConsole();
    service = await ServiceProcess.start(dir);
    await publish({ depth: 0 }, Date.now() - 30 * MINUTE);
    await service.stop();
    const now = Date.now();
    const rows = ['point,metric,time,value'];
    for (let i = 0; i < 40; i++) {
      const [peak, risesFor] = [14 + ((i * 7) % 30), 20 + ((i * 11) % 40)];
      const from = now - (40 - i) * 5 * 86_400_000;
      for (const [m, value] of aFlood(peak, risesFor).minutes.entries())
        rows.push(`${SPOT},depth,${from + m * MINUTE},${value.toFixed(2)}`);
      for (let m = -10; m < risesFor - 10; m += 5)
        rows.push(`${SPOT},rain,${from + m * MINUTE},${((peak / risesFor) * 3).toFixed(2)}`);
    }
    for (let m = 22; m >= 2; m -= 5) rows.push(`${SPOT},rain,${now - m * MINUTE},2.6`);
    for (let m = 12; m >= 1; m--)
      rows.push(`${SPOT},depth,${now - m * MINUTE},${(12.5 - m * 0.9).toFixed(2)}`);
    const file = join(dir, 'past.csv');
    writeFileSync(file, `${rows.join('\n')}\n`);
    const brought = await run('import', ['readings', file, '--data-dir', dir]);
    if (brought.code !== 0) throw new Error(brought.out + brought.err);
    [service, browser] = await Promise.all([ServiceProcess.start(dir), launch(CHROMIUM as string)]);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is there soon after the start, from the floods of the past, and has drafted a warning', async () => {
    const api = await service.client();
    const forecast = await eventually(async () => {
      const f = await api.get<Answer>(`/points/${SPOT}/forecast`);
      return f.none === null && f.warningId !== null ? f : null;
    }, 60_000);
    expect(forecast.samples).toBeGreaterThanOrEqual(40);
    expect(forecast.reaches.map((r) => r.limit)).toContain(15);
    expect((await api.get<{ items: unknown[] }>('/forecasts')).items).toHaveLength(1);
  }, 90_000);

  it.each([
    ['the trend', `/trend?points=${SPOT}:depth`, 1366, 768],
    ['the trend on a phone', `/trend?points=${SPOT}:depth`, 390, 844],
    ['the map', `/map?point=${SPOT}`, 1366, 768],
  ])(
    'says on %s when the limit is passed, how sure that is and what it rests on',
    async (name, path, width, height) => {
      const v = await visit(browser, service.url, { viewport: { width, height } });
      visits.push(v);
      const { page } = v;
      await logIn(page, 'admin', PASSWORD);
      await page.locator('[data-link=live]').first().waitFor();
      await page.goto(`${service.url}${path}`);
      const card = page.locator('[data-part=forecast]').first();
      const ready = async () => {
        await card.waitFor();
        await settled(page);
      };
      await ready();
      const words = ((await card.textContent()) ?? '').replaceAll(/\s+/g, ' ');
      expect(words).toMatch(/\d+ 分钟后达 15 cm（\d+–\d+\+?）/);
      expect(words).toMatch(/近一小时水深趋势和实测雨量，\d+ 次历史积水（本点）/);
      expect(words).toMatch(/近 1 小时 13\.0 mm/);
      expect(words).toMatch(/只凭雨量：若不再下，最深约 \d+\.\d cm（\d+\.\d–\d+\.\d）\s*依据 \d+ 场雨/);
      expect(words).toMatch(/没有学过的积水检验：\s*提前 10 分钟说到 \d+ cm：真到限的报中/);
      expect(words).toMatch(/只说“保持不变”报中 0 %/);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      expect(await card.evaluate((e) => e.scrollWidth <= e.clientWidth)).toBe(true);
      for (const theme of ['light', 'dark'] as const) {
        expect(await axeFindings(page, theme, ready)).toEqual([]);
        if (LOOKS !== undefined) {
          mkdirSync(LOOKS, { recursive: true });
          await card.scrollIntoViewIfNeeded();
          await page.screenshot({ path: join(LOOKS, `${name.replaceAll(' ', '-')}-${theme}.png`) });
        }
      }
    },
    120_000,
  );

  it('is laid over the trend as a band, what is said now at its end', async () => {
    const v = await visit(browser, service.url, { viewport: { width: 1366, height: 768 } });
    visits.push(v);
    const { page } = v;
    await logIn(page, 'admin', PASSWORD);
    await page.locator('[data-link=live]').first().waitFor();
    const [from, to] = [Date.now() - 30 * MINUTE, Date.now() + 35 * MINUTE].map((t) =>
      new Date(t).toISOString(),
    );
    for (const language of ['en', 'zh-CN']) {
      await page.evaluate((l) => localStorage.setItem('lifeline.language', l), language);
      await page.goto(`${service.url}/trend?points=${SPOT}:depth&from=${from}&to=${to}`);
      await page.locator('[data-part=said-key]').waitFor();
      const band = page.locator('[data-part=forecast-band]');
      await band.waitFor({ state: 'attached' });
      expect(Number(await band.getAttribute('data-said'))).toBeGreaterThanOrEqual(3);
      if (LOOKS !== undefined) await page.screenshot({ path: join(LOOKS, `forecast-band-${language}.png`) });
    }
  }, 60_000);

  it('is among the figures of the wall while a limit is expected', async () => {
    const v = await visit(browser, service.url);
    visits.push(v);
    await logIn(v.page, 'admin', PASSWORD);
    await v.page.locator('[data-link=live]').first().waitFor();
    await v.page.goto(`${service.url}/wall`);
    const figure = v.page.locator('[data-part=forecasts]');
    await figure.waitFor();
    expect(await figure.textContent()).toMatch(/1 处，最早 \d+ 分钟/);
    if (LOOKS !== undefined) {
      await settled(v.page);
      await figure.scrollIntoViewIfNeeded();
      await v.page.screenshot({ path: join(LOOKS, 'wall.png') });
    }
  }, 120_000);

  it('stands in the file of an alarm', async () => {
    await publish({ depth: 14 });
    const api = await service.client();
    await publish({ depth: 27.5 });
    const alarm = await eventually(async () => {
      const { items } = await api.get<{ items: { id: string; pointCode: string }[] }>('/alarms?state=open');
      return items.find((a) => a.pointCode === SPOT);
    });
    const v = await visit(browser, service.url);
    visits.push(v);
    await logIn(v.page, 'admin', PASSWORD);
    await v.page.locator('[data-link=live]').first().waitFor();
    await v.page.goto(`${service.url}/alarms/${alarm.id}`);
    const card = v.page.locator('[data-part=forecast]');
    await card.waitFor();
    // What was measured a moment ago, and no forecast that is below it.
    expect(await card.textContent()).toMatch(/实测 27\.5 cm/);
    if (LOOKS !== undefined) {
      await settled(v.page);
      await v.page.locator('[data-part=forecast]').scrollIntoViewIfNeeded();
      await v.page.screenshot({ path: join(LOOKS, 'file.png') });
    }
    expect(visits.flatMap((x) => x.faults)).toEqual([]);
  }, 120_000);
});
