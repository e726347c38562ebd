import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { story as alarmStory, observe } from '../../domain/alarm/build.ts';
import { create, issue, story, submit } from '../../domain/warning/build.ts';
import { BrowserHarness, CHROMIUM } from '../pages/browser-harness.ts';
import { axeFindings } from '../pages/page-axe.ts';

const PUT = {
  title: '省级监管平台',
  profile: 'generic-json',
  url: 'http://127.0.0.1:9',
  source: 'bozhou',
  objects: ['alarm', 'order'],
  secrets: { key: 'BZ', secret: 'not-to-be-seen' },
};

const WARNING = story(create({ expires: Date.now() + 86_400_000 }), submit, issue).is;
const { is: ALARM, journal: ALARMED } = alarmStory(observe(60));
/** A warning in force, a device that has gone, and a red alarm. */
function theDistrictTells(): object[] {
  const at = new Date().toISOString();
  const event = { id: WARNING.id, revision: WARNING.revision, at: Date.now(), by: WARNING.drafter };
  const state = { device: 'GAS-9', point: 'GAS-9', lifeline: 'gas', area: '341602', online: false, at };
  return [
    { number: 'live-1', at, object: 'warning', content: { event, after: WARNING } },
    { number: 'bulk-2', at, object: 'deviceState', content: state },
    { number: 'live-3', at, object: 'alarm', content: { event: ALARMED[0], after: ALARM } },
  ];
}

describe.skipIf(CHROMIUM === null)('上报 on the page', () => {
  let desk: BrowserHarness;
  let page: Page;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    page = await desk.operator({ viewport: { width: 1366, height: 900 } });
  });
  afterAll(() => desk?.end());

  const picture = async (name: string): Promise<void> => {
    if (process.env.PICTURES)
      await page.screenshot({ path: `${process.env.PICTURES}/upstream-${name}.png`, fullPage: true });
  };
  const part = (name: string) => page.locator(`[data-part=${name}]`);

  test('shows what waits and why, lets go with a reason, and the platforms below', async () => {
    await page.goto(`${desk.service.url}/upstream`);
    await part('add-upstream').click();
    const box = page.locator('dialog[open]');
    const { secrets, objects, profile, ...told } = PUT;
    await box.locator('[name=profile]').selectOption(profile);
    for (const [field, value] of Object.entries({ name: 'province', ...told, ...secrets }))
      await box.locator(`[name=${field}]`).fill(value);
    for (const o of ['warning', 'incident']) await box.locator(`[name=objects][value=${o}]`).uncheck();
    await picture('setup-zh');
    await box.locator('button[type=submit]').click();
    await part('upstream').waitFor();
    const { items: kept } = await desk.api.get<{ items: object[] }>('/upstreams');
    expect(kept).toMatchObject([{ name: 'province', ...told, profile, objects, secrets: ['key', 'secret'] }]);
    // Changed, a secret that is left empty stays as it is.
    await part('change-upstream').click();
    await box.locator('[name=title]').fill('省级监管平台（新）');
    await box.locator('button[type=submit]').click();
    await page.locator('[data-part=upstream]', { hasText: '（新）' }).waitFor();
    const { items: changed } = await desk.api.get<{ items: object[] }>('/upstreams');
    expect(changed).toMatchObject([{ title: '省级监管平台（新）', secrets: ['key', 'secret'] }]);
    expect((await desk.api.put('/upstreams/province', PUT)).status).toBe(200);
    for (const device of ['GAS-1', 'GAS-2'])
      await desk.api.post('/telemetry', [{ lifeline: 'gas', device, values: { ch4: 60 } }]);
    const items = [
      {
        number: 'bulk-1',
        at: new Date().toISOString(),
        object: 'register',
        content: { version: 1, digest: 'd', areas: [], assets: [], points: [], devices: [] },
      },
      ...theDistrictTells(),
    ];
    expect((await desk.api.post('/upstream/qiaocheng/items', { stream: 's', items })).status).toBe(200);
    await page.goto(`${desk.service.url}/upstream`);
    await part('upstream').waitFor();
    expect(await part('source').getAttribute('data-name')).toBe('qiaocheng');
    await part('outbox').locator('[data-state=queued]').click();
    await page.locator('[data-part=item][data-id=live-1]').waitFor();
    expect(await part('line').textContent()).toMatch(/无应答/);
    await picture('zh');
    expect(await axeFindings(page, 'light', () => part('upstream').waitFor())).toEqual([]);
    await part('outbox').locator('[data-state=queued]').click();
    await page.locator('[data-part=item][data-id=live-1] [data-part=waive]').click();
    await part('act').locator('input[name=reason]').fill('对方已有');
    await part('act').locator('button[type=submit]').click();
    await page.locator('[data-part=item][data-id=live-1]').waitFor({ state: 'detached' });
    await part('outbox').locator('[data-state=waived]').click();
    await page.locator('[data-part=item][data-id=live-1]').waitFor();
    expect(await part('item').textContent()).toContain('对方已有');
    await part('reconciliation').getByRole('button').first().click();
    await page.locator('[data-part=difference]', { hasText: '免报 1' }).waitFor();
    expect(await page.content()).not.toContain('not-to-be-seen');
    await page.getByRole('button', { name: 'English' }).first().click();
    await page.getByText('Platforms above and below').first().waitFor();
    await picture('en');
  });

  test('what is of a platform below says so, and offers nothing', async () => {
    await page.goto(`${desk.service.url}/upstream`);
    await page.locator('[data-part=offline]').waitFor();
    await page.locator('[data-part=offline] summary').click();
    await page.getByText('GAS-9').first().waitFor();
    await picture('offline-en');
    await page.goto(`${desk.service.url}/warnings/${WARNING.id}`);
    await part('from').first().waitFor();
    expect(await part('acts').count()).toBe(0);
    await page.getByText('Told by the platform below').first().waitFor();
    expect(await part('confirm').count()).toBe(0);
    await picture('warning-en');
    await page.getByRole('button', { name: '中文' }).first().click();
    await page.getByText('下级平台 qiaocheng').first().waitFor();
    await picture('warning-zh');
    await page.goto(`${desk.service.url}/warnings`);
    await part('from').first().waitFor();
    await picture('warnings-zh');
    // Dealt with there; people may be sent from here all the same.
    const { items } = await desk.api.get<{ items: { id: string; from?: string }[] }>('/alarms');
    const alarm = items.find((a) => a.from !== undefined);
    await page.goto(`${desk.service.url}/alarms/${alarm?.id}`);
    await part('from').first().waitFor();
    await page.locator('.actions [data-part=dispatch]').waitFor();
    expect(await page.locator('.actions .ack').count()).toBe(0);
    await picture('alarm-zh');
    await page.goto(`${desk.service.url}/upstream`);
    await page.locator('[data-part=offline] summary').click();
    await picture('offline-zh');
  });
});
