import mqtt from 'mqtt';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD } from '../../support/service-process.ts';
import { BrowserHarness, CHROMIUM } from './browser-harness.ts';
import { axeFindings } from './page-axe.ts';
import { logIn } from './page-browser.ts';

/** One story, in order. */
describe.skipIf(CHROMIUM === null)('the screens of administrators', () => {
  let desk: BrowserHarness;
  let founder: Page;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    await desk.person('sun', ['security-admin']);
    await desk.person('shen', ['auditor']);
    founder = await desk.operator();
  }, 120_000);
  afterAll(() => desk?.end());

  const of = (page: Page, account: string) => page.locator(`[data-account="${account}"]`);
  const refusal = (page: Page) => page.locator('dialog [role=alert]:not(.empty)');
  async function enter(account: string, password = PASSWORD, path = '/'): Promise<Page> {
    const page = await desk.stranger({}, `${desk.service.url}${path}`);
    await logIn(page, account, password);
    return page;
  }

  let code = '';
  test('an account is made with its roles and areas; its code is shown once and opens the way in', async () => {
    await founder.click('.nav a[href="/accounts"]');
    await of(founder, 'shen').waitFor();
    await founder.click('[data-part=new-account]');
    await founder.fill('input[name=new-account]', 'not a code');
    await founder.fill('input[name=new-name]', '李');
    await founder.click('dialog [type=submit]');
    await refusal(founder).waitFor();
    await founder.fill('input[name=new-account]', 'li');
    await founder.locator('dialog input[value=operator]').check();
    await founder.fill('dialog input[name=areas]', '341602');
    await founder.click('dialog [type=submit]');
    code = ((await founder.locator('[data-part=secret]').textContent()) ?? '').trim();
    expect(code.length).toBeGreaterThan(8);
    await expect.poll(() => of(founder, 'li').textContent()).toMatch(/值班员.*341602.*待设置密码/s);
    await founder.click('[data-part=kept]');
    expect(await founder.content()).not.toContain(code);

    const li = await enter('li', code);
    await li.fill('input[name=new-password]', PASSWORD);
    await li.fill('input[name=repeat-password]', PASSWORD);
    await li.keyboard.press('Enter');
    await li.locator('[data-link=live]').waitFor();
    // Not offered to whom it is not for, and shut by address too.
    expect(await li.locator('.nav a[href="/accounts"], .nav a[href="/audit"]').count()).toBe(0);
    await li.goto(`${desk.service.url}/accounts`);
    await li.locator('[data-part=not-yours]').waitFor();
    await li.context().close();
  }, 90_000);

  test('rights hold at once, what may not be is refused in words, and who is disabled is out', async () => {
    const li = await enter('li');
    await li.locator('[data-link=live]').waitFor();
    await of(founder, 'li').locator('[data-part=grant]').click();
    await founder.locator('dialog input[value=system-admin]').check();
    await founder.locator('dialog input[value=auditor]').check();
    await founder.click('dialog [type=submit]');
    await expect.poll(() => refusal(founder).textContent()).toMatch(/[\u4e00-\u9fff]{4}/);
    await founder.locator('dialog input[value=system-admin]').uncheck();
    await founder.locator('dialog input[value=auditor]').uncheck();
    await founder.locator('dialog input[value=analyst]').check();
    await founder.click('dialog [type=submit]');
    await expect.poll(() => of(founder, 'li').textContent()).toContain('研判员');

    await of(founder, 'li').locator('[data-part=disable]').click();
    await founder.click('dialog [type=submit]');
    await expect
      .poll(() => of(founder, 'li').locator('[data-column=state]').textContent())
      .toContain('已停用');
    await li.waitForSelector('input[name=account]');
    await of(founder, 'li').locator('[data-part=enable]').click();
    await expect.poll(() => of(founder, 'li').locator('[data-column=state]').textContent()).toContain('启用');

    await of(founder, 'li').locator('[data-part=reset]').click();
    await founder.click('dialog [type=submit]');
    await founder.locator('[data-part=secret]').waitFor();
    await logIn(li, 'li', PASSWORD);
    await li.waitForSelector('[role=alert]:not(.empty)');
    await founder.click('[data-part=kept]');
    await li.context().close();
  }, 90_000);

  test('a token is shown once, opens what its role may, and nothing after it is revoked', async () => {
    await founder.click('[data-tab=machines]');
    await founder.locator('.empty').waitFor();
    await founder.click('[data-part=new-token]');
    await founder.fill('input[name=token-name]', '大屏 1');
    await founder.click('dialog [type=submit]');
    const token = ((await founder.locator('[data-part=secret]').textContent()) ?? '').trim();
    const ask = async (): Promise<number> =>
      (await fetch(`${desk.service.url}/api/v1/alarms`, { headers: { authorization: `Bearer ${token}` } }))
        .status;
    expect(await ask()).toBe(200);
    await founder.reload();
    await founder.locator('[data-token="大屏 1"]').waitFor();
    expect(await founder.content()).not.toContain(token);
    await founder.click('[data-token="大屏 1"] [data-part=revoke]');
    await founder.click('dialog [type=submit]');
    await founder.locator('.empty').waitFor();
    expect(await ask()).toBe(401);
  }, 60_000);

  test('a system gets its secret once, reads alarms over MQTT with it, and is cut off when it is revoked', async () => {
    await founder.click('[data-tab=systems]');
    await founder.locator('.empty').waitFor();
    await founder.click('[data-part=new-system]');
    await founder.fill('input[name=system-name]', 'not a name');
    await founder.click('dialog [type=submit]');
    await refusal(founder).waitFor();
    await founder.fill('input[name=system-name]', '119');
    await founder.click('dialog [type=submit]');
    const secret = ((await founder.locator('[data-part=secret]').textContent()) ?? '').trim();
    const client = await mqtt.connectAsync(`mqtt://${desk.service.mqttHost}:${desk.service.mqttPort}`, {
      username: 'system:119',
      password: secret,
      clientId: 'system:119',
      reconnectPeriod: 0,
    });
    await client.subscribeAsync('lifeline/v1/alarms/#', { qos: 1 });
    const told = new Promise<string>((resolve) => client.once('message', (topic) => resolve(topic)));
    await desk.gas('SYS-1', 60);
    expect(await told).toMatch(/^lifeline\/v1\/alarms\/1\//);
    const cutOff = new Promise<void>((resolve) => client.once('close', () => resolve()));
    await founder.click('[data-system="119"] [data-part=revoke]');
    await founder.click('dialog [type=submit]');
    await founder.locator('.empty').waitFor();
    await cutOff;
  }, 60_000);

  test('a security administrator begins with the accounts, without a link that could be down', async () => {
    const sun = await enter('sun');
    await of(sun, 'li').waitFor();
    expect(new URL(sun.url()).pathname).toBe('/accounts');
    expect(await sun.locator('[data-part=link-banner], [data-link], .counters').count()).toBe(0);
    // They grant and do not keep.
    expect(await sun.locator('[data-part=new-account], [data-part=disable]').count()).toBe(0);
    await of(sun, 'li').locator('[data-part=grant]').click();
    await sun.locator('dialog input[value=maintainer]').check();
    await sun.click('dialog [type=submit]');
    await expect.poll(() => of(sun, 'li').textContent()).toContain('运维');
    await sun.context().close();
  }, 60_000);

  test('an auditor finds who did what and what was refused, page by page, takes it away, and reads the anchor', async () => {
    const shen = await enter('shen');
    await shen.locator('[data-part=entries] [data-entry]').first().waitFor();
    expect(new URL(shen.url()).pathname).toBe('/audit');
    expect(await shen.locator('.nav a').count()).toBe(1);

    await shen.fill('input[name=who]', 'admin');
    await shen.selectOption('select[name=what]', 'accounts.');
    await shen.selectOption('select[name=outcome]', 'refused');
    await shen.click('[role=search] [type=submit]');
    await expect.poll(() => shen.locator('[data-entry][data-outcome=done]').count()).toBe(0);
    expect(await shen.locator('[data-what="accounts.grantAccount"]').textContent()).toMatch(
      /授予角色与区域.*拒绝/s,
    );
    await shen.fill('input[name=who]', 'nobody-of-this-name');
    await shen.click('[role=search] [type=submit]');
    await shen.locator('[data-part=none]').waitFor();

    // More than a page of it.
    for (let i = 0; i < 110; i++) await desk.api.get('/accounts');
    await shen.goto(`${desk.service.url}/audit?who=admin`);
    await shen.locator('[data-entry]').first().waitFor();
    expect(await shen.locator('[data-entry]').count()).toBe(100);
    await shen.click('[data-part=older]');
    await expect.poll(() => shen.locator('[data-entry]').count()).toBeGreaterThan(110);
    const numbers = await shen
      .locator('[data-entry]')
      .evaluateAll((rows) =>
        (rows as unknown as { getAttribute(n: string): string }[]).map((r) =>
          Number(r.getAttribute('data-entry')),
        ),
      );
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => b - a));

    const [download] = await Promise.all([
      shen.waitForEvent('download'),
      shen.click('a[download="audit.csv"]'),
    ]);
    expect(download.suggestedFilename()).toBe('audit.csv');
    expect(await shen.locator('[data-part=chain] pre').textContent()).toMatch(
      /verify --anchor \d+:[\w-]{20,}/,
    );
    await shen.context().close();
  }, 120_000);

  test('they are readable for all, in both themes and languages, and fit a phone', async () => {
    const shen = await enter('shen');
    const wrong: string[] = [];
    for (const [page, path, ready] of [
      [founder, '/accounts', '[data-account]'],
      [shen, '/audit', '[data-entry]'],
    ] as const) {
      await page.goto(`${desk.service.url}${path}`);
      const shown = () => page.locator(ready).first().waitFor();
      await shown();
      for (const theme of ['dark', 'light'] as const)
        wrong.push(...(await axeFindings(page, theme, shown)).map((f) => `${path} ${f}`));
      await page.setViewportSize({ width: 390, height: 844 });
      await page.evaluate(() => localStorage.setItem('lifeline.language', 'en'));
      await page.reload();
      await shown();
      if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth))
        wrong.push(`${path} scrolls sideways`);
      const words = await page
        .locator('main button, main th, main h2, main h3, main label > span, main option, main summary')
        .allTextContents();
      for (const w of words)
        if (/[\u4e00-\u9fff]|^[a-z]+\.[a-z]+$/.test(w)) wrong.push(`${path} untranslated: ${w}`);
    }
    expect(wrong).toEqual([]);
    expect(desk.faults).toEqual([]);
  }, 120_000);
});
