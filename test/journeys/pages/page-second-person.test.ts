import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stepAt, totp } from '../../../src/adapters/accounts/totp.ts';
import { PASSWORD } from '../../support/service-process.ts';
import { BrowserHarness, CHROMIUM, row } from './browser-harness.ts';

describe.skipIf(CHROMIUM === null)('shelving a red alarm, where the house wants two persons', () => {
  let desk: BrowserHarness;
  let secret = '';
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    await desk.person('zhao', ['analyst']);
    const wang = await desk.person('wang', ['shift-leader']);
    secret = String((await wang.post('/me/second-factor', { password: PASSWORD })).body.secret);
    const enrolled = await wang.post('/me/second-factor/confirm', {
      otp: totp(secret, stepAt(Date.now()) - 1),
    });
    expect(enrolled.status).toBe(200);
    await desk.gas('RED-1', 60);
    await desk.gas('MILD-1', 30);
  }, 60_000);
  afterAll(() => desk?.end());

  test('a milder one asks for nobody; a red one asks, says in words what is wrong, and is shelved by both', async () => {
    const page = await desk.operator();
    const submit = () => page.click('dialog [type=submit]');
    const second = page.locator('dialog [data-part=second-person]');
    const refusal = page.locator('dialog [role=alert]:not(.empty)');
    const shelve = async (point: string): Promise<void> => {
      await row(page, point).click();
      await page.keyboard.press('s');
      await page.fill('dialog .reason input', '现场检修');
      await submit();
    };
    await shelve('MILD-1');
    await row(page, 'MILD-1').waitFor({ state: 'detached' });

    await shelve('RED-1');
    await page.locator('dialog input[name=second-account]:focus').waitFor();
    expect(await refusal.count()).toBe(0);
    await submit();
    await refusal.waitFor();

    // One who may not, then a slip of the fingers, then without the digits that their account wants.
    await second.locator('[name=second-account]').fill('zhao');
    await second.locator('[name=second-password]').fill(PASSWORD);
    await submit();
    await expect.poll(() => refusal.textContent()).toContain('有权人员复核');
    expect(await second.locator('[name=second-password]').inputValue()).toBe('');

    await second.locator('[name=second-account]').fill('wang');
    await second.locator('[name=second-password]').fill('a-slip-of-fingers');
    await submit();
    await expect.poll(() => refusal.textContent()).toContain('密码错误');
    await page.locator('dialog input[name=second-password]:focus').waitFor();
    expect(await second.locator('[name=second-password]').inputValue()).toBe('');
    await row(page, 'RED-1').waitFor();

    await second.locator('[name=second-password]').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('dialog input[name=second-otp]:focus').waitFor();
    expect(await refusal.count()).toBe(0);
    await page.keyboard.type(totp(secret, stepAt(Date.now())));
    await page.keyboard.press('Enter');
    await row(page, 'RED-1').waitFor({ state: 'detached' });
    expect(await page.locator('dialog[open]').count()).toBe(0);

    const { items } = await desk.api.get<{ items: { shelf?: { reason: string; by: string } }[] }>(
      '/alarms?point=RED-1',
    );
    expect(items[0]?.shelf?.reason).toContain('wang');
    const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]));
    expect(kept + (await page.content())).not.toContain(PASSWORD);
    // The first person is still in, and may undo it alone.
    await page.locator('.toast', { hasText: 'RED-1' }).getByRole('button').click();
    await row(page, 'RED-1').waitFor();
    expect(desk.faults).toEqual([]);
  }, 120_000);
});
