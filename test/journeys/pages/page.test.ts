import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildConsole } from '../../../scripts/build-console.ts';
import { PASSWORD, ServiceProcess } from '../../support/service-process.ts';
import { findChromium, launch, logIn, type Visit, visit } from './page-browser.ts';

const executable = findChromium();
if (executable === null)
  console.warn(
    'SKIPPED: the journeys through the page need a Chromium on the PATH (apt-get install chromium)',
  );

/** One story, in order: each step goes on from where the last one left the service and the pages. */
describe.skipIf(executable === null)('the page, from the sensor to two operators', () => {
  let dir: string;
  let service: ServiceProcess;
  let browser: Browser;
  let first: Visit;
  let second: Visit;
  const visits: Visit[] = [];
  const row = (page: Page, point: string) => page.locator(`[data-point="${point}"]`);

  async function open(options = {}): Promise<Visit> {
    const v = await visit(browser, service.url, options);
    visits.push(v);
    return v;
  }

  async function publish(topic: string, payload: unknown): Promise<void> {
    const client = await mqtt.connectAsync(`mqtt://${service.mqttHost}:${service.mqttPort}`);
    await client.publishAsync(topic, JSON.stringify(payload), { qos: 1 });
    await client.endAsync();
  }

  beforeAll(async () => {
    await buildConsole();
    dir = await mkdtemp(join(tmpdir(), 'lifeline-page-'));
    [service, browser] = await Promise.all([
      ServiceProcess.start(dir, { LIFELINE_SHELVE_LEVEL_1: 'one-person' }),
      launch(executable as string),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it('says in words that the password is wrong, and lets in who knows it', async () => {
    first = await open();
    await logIn(first.page, 'admin', 'not-this-one');
    await first.page.waitForSelector('[role=alert]:not(.empty)');
    expect(await first.page.textContent('[role=alert]')).toMatch(/密码/);
    await logIn(first.page, 'admin', PASSWORD);
    await first.page.waitForSelector('[data-link=live]');
  });

  it('tells a newcomer without points what to do next', async () => {
    await first.page.waitForSelector('[data-part=first-point]');
    expect(await first.page.textContent('[data-part=first-point]')).toContain(
      `mosquitto_pub -h 127.0.0.1 -p ${service.mqttPort} `,
    );
  });

  it('shows a published breach in a row that asks to be acknowledged, by itself', async () => {
    second = await open({ timezoneId: 'UTC', reducedMotion: 'reduce' });
    await logIn(second.page, 'admin', PASSWORD);
    await second.page.waitForSelector('[data-link=live]');

    await publish('lifeline/v1/gas/GAS-1/telemetry', { values: { ch4: 60 } });
    for (const { page } of [first, second])
      await row(page, 'GAS-1').and(page.locator('[data-state=unacked]')).waitFor({ timeout: 20_000 });
    expect(await row(first.page, 'GAS-1').textContent()).toMatch(/60 %LEL/);
    expect(await first.page.title()).toMatch(/^\(1\) /);
    const level = await row(first.page, 'GAS-1').getAttribute('data-level');
    expect(await first.page.textContent(`.counters [data-level="${level}"]`)).toContain('1/1');
  });

  it('flashes slowly, and not at all for who has asked for less motion', async () => {
    const flash = (page: Page) =>
      page
        .locator('[data-state=unacked] .flashing')
        .evaluate((e) => e.getAnimations().map((a) => Number(a.effect?.getTiming().duration)));
    const [period, ...more] = await flash(first.page);
    expect(more).toEqual([]);
    expect(period).toBeGreaterThanOrEqual(1_000 / 3);
    expect(await flash(second.page)).toEqual([]);
  });

  it('draws the trend of the alarm, and its end grows as readings come in', async () => {
    const trend = first.page.locator('[data-buckets]');
    await expect.poll(async () => Number(await trend.getAttribute('data-buckets'))).toBeGreaterThan(0);
    await publish('lifeline/v1/gas/GAS-1/telemetry', { values: { ch4: 71.5 } });
    await expect.poll(() => first.page.textContent('[data-part=readout]')).toContain('71.5 %LEL');
    await expect.poll(() => row(first.page, 'GAS-1').textContent()).toContain('71.5 %LEL');
  });

  it('sounds once a person has unlocked it, and is silent for a while at the press of M', async () => {
    const sound = first.page.locator('.sound');
    expect(await sound.getAttribute('data-sound')).toBe('locked');
    expect(await sound.textContent()).toContain('声音未启用');
    await sound.locator('button').click();
    await expect.poll(() => sound.getAttribute('data-sounding')).toMatch(/^[1-4]$/);
    await first.page.keyboard.press('m');
    await expect.poll(() => sound.getAttribute('data-sounding')).toBe('');
    expect(await sound.textContent()).toMatch(/静音 1[12]\d 秒/);
    await first.page.keyboard.press('m');
    await expect.poll(() => sound.getAttribute('data-sounding')).toMatch(/^[1-4]$/);
  });

  it('acknowledges with the key A, and the other page sees it with the name', async () => {
    await first.page.keyboard.press('a');
    for (const { page } of [first, second])
      await row(page, 'GAS-1').and(page.locator('[data-state=acked]')).waitFor({ timeout: 20_000 });
    expect(await first.page.getAttribute('.sound', 'data-sounding')).toBe('');
    const name = (await first.page.textContent('.operator'))?.trim() ?? '';
    expect(name).not.toBe('');
    expect(await row(second.page, 'GAS-1').textContent()).toContain(name);
    await row(second.page, 'GAS-1').click();
    expect(await second.page.textContent('[data-part=acked-by]')).toContain(name);
    expect(await second.page.locator('.ack').isDisabled()).toBe(true);
    expect(await second.page.title()).not.toMatch(/^\(/);
  });

  it('keeps a note in the story, which both pages tell', async () => {
    await first.page.keyboard.press('n');
    await first.page.fill('dialog textarea', '已电话通知燃气公司');
    await first.page.click('dialog [type=submit]');
    for (const { page } of [first, second])
      await page
        .locator('[data-event=noted]', { hasText: '已电话通知燃气公司' })
        .waitFor({ timeout: 20_000 });
    expect(await first.page.locator('dialog[open]').count()).toBe(0);
  });

  it('shelves only with a reason, takes the alarm off both lists, and undoes it', async () => {
    await first.page.keyboard.press('s');
    await first.page.click('dialog [type=submit]');
    await first.page.locator('dialog [role=alert]:not(.empty)').waitFor();
    await first.page.fill('dialog .reason input', '现场检修');
    await first.page.click('dialog [type=submit]');
    for (const { page } of [first, second]) await row(page, 'GAS-1').waitFor({ state: 'detached' });
    await first.page.click('.toast button');
    for (const { page } of [first, second]) await row(page, 'GAS-1').waitFor({ timeout: 20_000 });
  });

  it('speaks English at the press of a button, times still Beijing time', async () => {
    await second.page.click('.nav [lang=en]');
    await expect.poll(() => row(second.page, 'GAS-1').textContent()).toContain('Acknowledged');
    const shown = await second.page.textContent('.clock time');
    const beijing = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(11, 16);
    expect(shown?.slice(0, 2)).toBe(beijing.slice(0, 2));
  });

  it('says that the link is down, greys what may be untrue, and lets nobody act on it', async () => {
    const stopped = service.stop();
    await first.page.locator('[data-link=down]').waitFor({ timeout: 20_000 });
    await first.page.locator('[data-part=link-banner]').waitFor({ timeout: 20_000 });
    await row(first.page, 'GAS-1').waitFor();
    expect(await row(first.page, 'GAS-1').locator('.stale').count()).toBe(1);
    for (const button of await first.page.locator('.actions button').all())
      expect(await button.isDisabled()).toBe(true);
    await stopped;
  });

  it('comes back by itself, with what was there before', async () => {
    const { port } = new URL(service.url);
    service = await ServiceProcess.start(dir, {
      LIFELINE_HTTP_PORT: port,
      LIFELINE_SHELVE_LEVEL_1: 'one-person',
    });
    for (const { page } of [first, second]) {
      await page.locator('[data-link=live]').waitFor({ timeout: 20_000 });
      await row(page, 'GAS-1').and(page.locator('[data-state=acked]')).waitFor();
      expect(await page.locator('[data-part=link-banner]').count()).toBe(0);
    }
    await publish('lifeline/v1/gas/GAS-2/telemetry', { values: { ch4: 60 } });
    for (const { page } of [first, second])
      await row(page, 'GAS-2').and(page.locator('[data-state=unacked]')).waitFor({ timeout: 20_000 });
  }, 60_000);

  it('logs out, and the door is shut behind', async () => {
    await second.page.click('[data-part=logout]');
    await second.page.waitForSelector('input[name=account]');
    await second.page.reload();
    await second.page.waitForSelector('input[name=account]');
  });

  it('has asked no other host for anything, thrown nothing, and been refused nothing by its policy', () => {
    expect(visits.flatMap((v) => v.faults)).toEqual([]);
  });
});
