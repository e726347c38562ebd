import { mkdirSync } from 'node:fs';
import { connectAsync } from 'mqtt';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../../support/service-process.ts';
import { BrowserHarness, CHROMIUM } from '../../pages/browser-harness.ts';
import { logIn } from '../../pages/page-browser.ts';

/** A device is told what to do from its page, and says what became of it. */
describe.skipIf(CHROMIUM === null)('commands on the page of a device', () => {
  let desk: BrowserHarness;
  let page: Page;
  const rows = () => page.locator('[data-part=commands] tbody tr');
  const form = () => page.locator('[data-part=command-form]');
  const picture = async (name: string) => {
    const seen = process.env.PICTURES;
    if (seen === undefined) return;
    mkdirSync(seen, { recursive: true });
    await page.screenshot({ path: `${seen}/${name}.png`, fullPage: true });
  };
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    await desk.api.post('/points', { code: 'P-1', name: '一号井', lifeline: 'gas' });
    await desk.api.post('/devices', { code: 'G-1', lifeline: 'gas', point: 'P-1' });
    await desk.person('wang', ['shift-leader']);
    await desk.person('sun', ['operator']);
    page = await desk.stranger({}, `${desk.service.url}/devices/G-1`);
    page.setDefaultTimeout(20_000);
    await logIn(page, 'wang', PASSWORD);
    await page.locator('[data-part=commands]').getByText('尚未向该设备下发过指令').waitFor();
  });
  afterAll(() => desk?.end());

  it('waits, is carried out by the device’s word, and stands there with its story', async () => {
    await page.locator('[data-part=give-command]').click();
    await form().locator('[name=command]').selectOption('set-interval');
    await form().locator('[name=seconds]').fill('0');
    await form().locator('[type=submit]').click();
    await form().getByText('间隔（seconds）应为 1–86400 s').waitFor();
    await picture('command-form-zh');
    await form().locator('[name=seconds]').fill('300');
    await form().locator('[name=note]').fill('汛期加密');
    await form().locator('[type=submit]').click();
    await rows().getByText('等待设备').first().waitFor();
    const client = await connectAsync(`mqtt://127.0.0.1:${desk.service.mqttPort}`, { clientId: 'G-1' });
    client.on('message', (_, bytes) => {
      const { id } = JSON.parse(String(bytes)) as { id: string };
      client.publish(
        'lifeline/v1/gas/G-1/up/reply',
        JSON.stringify({ id, ok: true, result: { seconds: 300 } }),
        {
          qos: 1,
        },
      );
    });
    await client.subscribeAsync('lifeline/v1/gas/G-1/down/#', { qos: 1 });
    await rows().locator('[data-state=SUCCESSFUL]').waitFor();
    expect(await rows().first().textContent()).toContain('间隔 300 s');
    await rows().locator('summary').first().click();
    // Its word may overtake its PUBACK.
    const story = (await rows().first().locator('li').allTextContents()).map((t) => t.slice(9));
    expect(story.filter((t) => t !== '设备已收到')).toEqual([
      '等待设备',
      '已发出 · 经 MQTT',
      '执行成功 · 设备应答',
    ]);
    await client.endAsync();
  });

  it('one that has not left is taken back, after a question', async () => {
    await page.locator('[data-part=give-command]').click();
    await form().locator('[name=command]').selectOption('read-now');
    await form().locator('[type=submit]').click();
    const row = rows().filter({ has: page.locator('[data-state=PENDING]') });
    await row.locator('[data-part=withdraw]').click();
    const ask = page.locator('dialog:has([data-part=withdraw-ask])');
    await ask.getByText('它尚未发出').waitFor();
    await picture('withdraw-zh');
    await ask.locator('[type=submit]').click();
    await rows().first().getByText('发出前已撤回，未执行').first().waitFor();
    expect(await page.locator('[data-part=withdraw]').count()).toBe(0);
    await picture('withdrawn-zh');
  });

  it('moves by what the stream says, and asks for nothing meanwhile', async () => {
    const asked: string[] = [];
    page.on('request', (r) => void (r.url().includes('/G-1/commands') && asked.push(r.method())));
    const made = await desk.api.post('/devices/G-1/commands', { name: 'restart', commandId: 'of-another' });
    await rows().first().getByText('重启设备').waitFor();
    await desk.api.post(`/devices/G-1/commands/${made.body.id}/withdraw`, { commandId: 'back' });
    await rows().first().locator('[data-state=FAILED]').waitFor();
    expect(asked).toEqual([]);
  });

  it('what moves something asks for the second person before it is refused', async () => {
    await page.locator('[data-part=give-command]').click();
    await form().locator('[name=command]').selectOption('close-valve');
    await form().locator('[name=second-account]').fill('sun');
    await form().locator('[name=second-password]').fill(PASSWORD);
    await picture('command-valve-zh');
    await form().locator('[type=submit]').click();
    await rows().getByText('关闭阀门').waitFor();
    expect(await rows().first().textContent()).toContain('复核 sun');
    await picture('commands-zh');
    await page.setViewportSize({ width: 390, height: 844 });
    await picture('commands-zh-390');
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByRole('button', { name: 'English' }).first().click();
    await rows().getByText('close the valve').waitFor();
    await picture('commands-en');
    await page.locator('[data-part=give-command]').click();
    await form().locator('[name=command]').selectOption('');
    await picture('command-other-en');
    await page.keyboard.press('Escape');
    await rows().first().locator('[data-part=withdraw]').click();
    await page.locator('dialog:has([data-part=withdraw-ask])').getByText('has not left yet').waitFor();
    await picture('withdraw-en');
  });
});
