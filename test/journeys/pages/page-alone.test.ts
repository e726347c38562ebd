import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BrowserHarness, CHROMIUM, row } from './browser-harness.ts';

/** As it comes, with the one account that a fresh installation has. */
describe.skipIf(CHROMIUM === null)('one person alone, in a house that asks for two', () => {
  let desk: BrowserHarness;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    await desk.gas('RED-1', 60);
  }, 60_000);
  afterAll(() => desk?.end());

  test('is told in words what to do: of a red that is shelved, of a limit that is loosened; to tighten nobody is needed', async () => {
    const page = await desk.operator();
    page.setDefaultTimeout(20_000);
    await row(page, 'RED-1').click();
    await page.keyboard.press('s');
    await page.fill('dialog .reason input', '现场检修');
    await page.click('dialog [type=submit]');
    await page.locator('dialog [role=alert]').getByText('LIFELINE_SHELVE_LEVEL_1=one-person').waitFor();
    expect(await page.locator('[data-part=second-person]').count()).toBe(0);
    await page.keyboard.press('Escape');

    const { items } = await desk.api.get<{ items: { ruleId: string }[] }>('/alarms');
    await page.goto(`${desk.service.url}/rules/${items[0]?.ruleId}`);
    const limit = page.locator('input[name=limit-1]');
    const was = Number(await limit.inputValue());
    const change = async (to: number) => {
      await limit.fill(String(to));
      await page.fill('input[name=reason]', '复核');
      await page.click('[data-part=rule] [type=submit]');
      await page.click('dialog [data-part=confirm-change] [type=submit]');
      await page.locator('dialog').waitFor({ state: 'detached' });
    };
    await change(was + 5);
    await page.locator('[data-part=waits-for]').getByText('LIFELINE_RULE_APPROVAL=one').waitFor();
    const versions = () => page.locator('[data-part=version]').count();
    expect(await versions()).toBe(1);
    await change(was - 5);
    await expect.poll(versions).toBe(2);
    expect(await limit.inputValue()).toBe(String(was - 5));
    expect(desk.faults).toEqual([]);
  }, 60_000);
});
