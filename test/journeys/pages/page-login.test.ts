import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stepAt, totp } from '../../../src/adapters/accounts/totp.ts';
import { PASSWORD } from '../../support/service-process.ts';
import { BrowserHarness, CHROMIUM } from './browser-harness.ts';
import { logIn } from './page-browser.ts';

const NOTICE = '仅限授权人员使用，一切操作均被记录。\nAuthorised persons only; every act is recorded.';

describe.skipIf(CHROMIUM === null)('the way in, where the house wants a second factor of operators', () => {
  let desk: BrowserHarness;
  let oneTimeCode = '';
  let recovery: string[] = [];
  beforeAll(async () => {
    desk = await BrowserHarness.start({
      LIFELINE_SECOND_FACTOR_ROLES: 'operator',
      LIFELINE_LOGIN_BANNER: NOTICE,
    });
    const made = await desk.api.post('/accounts', { account: 'li', name: '李', roles: ['operator'] });
    expect(made.status).toBe(201);
    oneTimeCode = String(made.body.oneTimeCode);
    await desk.gas('GAS-1', 60);
  }, 60_000);
  afterAll(() => desk?.end());

  test('a newcomer reads the notice, sets a password, sets up the app, and keeps the recovery codes', async () => {
    const page = await desk.stranger();
    await page.locator('[data-part=notice]').waitFor();
    expect(await page.locator('[data-part=notice]').textContent()).toBe(NOTICE);
    await logIn(page, 'li', oneTimeCode);
    await page.fill('input[name=new-password]', PASSWORD);
    await page.fill('input[name=repeat-password]', PASSWORD);
    await page.keyboard.press('Enter');
    const secret = ((await page.locator('[data-part=secret]').textContent()) ?? '').trim();
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(await page.content()).toContain(`otpauth://totp/`);
    await page.fill('input[name=otp]', '000000');
    await page.keyboard.press('Enter');
    await page.locator('[role=alert]:not(:empty)').waitFor();
    await page.fill('input[name=otp]', totp(secret, stepAt(Date.now())));
    await page.keyboard.press('Enter');
    await page.locator('[data-part=recovery-codes] li').first().waitFor();
    recovery = await page.locator('[data-part=recovery-codes] li').allTextContents();
    expect(recovery.length).toBeGreaterThan(4);
    await page.locator('[data-part=kept]').click();
    await page.locator('[data-link=live]').waitFor();
    // An operator attends; assessing is the analyst's, and not offered.
    await page.locator('.list [data-point]').first().click();
    await page.locator('button.ack').waitFor();
    expect(await page.getByRole('button', { name: '研判' }).count()).toBe(0);
    expect(desk.faults).toEqual([]);
  }, 60_000);

  test('later the app’s digits, or a recovery code once, are asked for beside the password', async () => {
    for (const [code, opens] of [
      [recovery[0], true],
      [recovery[0], false],
    ] as const) {
      const page = await desk.stranger();
      await logIn(page, 'li', PASSWORD);
      await page.fill('input[name=otp]', code ?? '');
      await page.keyboard.press('Enter');
      if (opens) await page.locator('[data-link=live]').waitFor();
      else {
        await page.locator('[role=alert]:not(:empty)').waitFor();
        expect(await page.locator('[data-link]').count()).toBe(0);
      }
    }
    expect(desk.faults).toEqual([]);
  }, 60_000);
});
