import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserHarness, CHROMIUM, row } from '../pages/browser-harness.ts';

describe.skipIf(CHROMIUM === null)('the rules on the page', () => {
  let desk: BrowserHarness;
  let page: Page;
  let rule: string;
  beforeAll(async () => {
    desk = await BrowserHarness.start({ LIFELINE_RULE_APPROVAL: 'one' });
    await desk.gas('R-1', 30);
    page = await desk.operator();
    await row(page, 'R-1').waitFor();
    const { items } = await desk.api.get<{ items: { ruleId: string }[] }>('/alarms');
    rule = items[0]?.ruleId ?? '';
    await page.goto(`${desk.service.url}/rules`);
  });
  afterAll(() => desk?.end());

  const confirm = () => page.click('dialog [data-part=confirm-change] [type=submit]');

  it('name the noisiest of the week, and each rule with its limits', async () => {
    await page.locator('.cards').getByText('1 次').waitFor();
    await page.fill('.sheet input[type=search]', rule);
    await page.locator(`tr[data-rule="${rule}"] a`).click();
    await page.locator('[data-part=rule] tr[data-level="3"]').waitFor();
  });

  it('a change is tried over history first: it and the rule in force stand side by side', async () => {
    await page.locator('[data-part=try]').click();
    await page.getByText('没有改动任何数值').waitFor();
    await page.fill('input[name=delay-3]', '3600');
    await page.locator('[data-part=try]').click();
    await page.locator('[data-part=backtest][data-state=done]').waitFor();
    const alarms = (trial: string) => page.locator(`[data-trial=${trial}] td`).nth(1).textContent();
    // It never lasted an hour: the draft would have raised nothing.
    expect([await alarms('now'), await alarms('draft')]).toEqual(['1', '0']);
  });

  it('a change without a reason is refused, with one it is in force and says whose number it is', async () => {
    await page.reload();
    await page.locator('input[name=delay-3]').waitFor();
    await page.fill('input[name=delay-3]', '77');
    await page.click('[data-part=rule] [type=submit]');
    await page.getByText('请写明修改原因').waitFor();
    await page.fill('input[name=reason]', '现场风机干扰');
    await page.click('[data-part=rule] [type=submit]');
    // Once more before it holds: old → new, what that would have raised, and by which clause it stands as it does.
    const line = page.locator('dialog [data-part=line]');
    await line.locator('ins').waitFor();
    expect(await line.textContent()).toMatch(/3 黄 · 持续.*→.*77/);
    await line.getByText('现在的依据：').waitFor();
    await page.locator('dialog [data-part=backtest][data-state=done]').waitFor();
    await confirm();
    await page.locator('tr[data-level="3"]').getByText('现场风机干扰').waitFor();
    const told = await desk.api.get<{ numbers: { level: number; onDelayMs: { value: number } }[] }>(
      `/rules/${rule}`,
    );
    expect(told.numbers.find((n) => n.level === 3)?.onDelayMs.value).toBe(77_000);
  });

  it('which readings a rule judges is chosen on the form, and an alarm says beside its value why it is doubtful', async () => {
    await page.goto(`${desk.service.url}/rules/gas.co.limit?point=R-1`);
    await page.locator('[data-part=judges]').getByText('可信的读数').waitFor();
    await page.selectOption('select[name=judges]', 'measured');
    await page.fill('input[name=reason]', '探头量程偏小');
    await page.click('[data-part=rule] [type=submit]');
    await confirm();
    await page.locator('[data-part=judges]').getByText('一切测得的数').waitFor();
    await page.locator('[data-part=judges]').getByText('探头量程偏小').waitFor();
    await desk.publish('lifeline/v1/gas/R-1/telemetry', { values: { co: 10_500 } });
    await page.goto(desk.service.url);
    const alarm = row(page, 'R-1').filter({ has: page.locator('[data-mark=doubt]') });
    await alarm.getByText('存疑：超出量程').waitFor();
    await alarm.click();
    await page.locator('[data-fact=worst]').getByText('超出量程').waitFor();
    // Silence is heard whatever the quality: there is nothing to choose.
    await page.goto(`${desk.service.url}/rules/gas.any.silence`);
    await page.locator('input[name=reason]').waitFor();
    expect(await page.locator('select[name=judges]').count()).toBe(0);
  });

  it('numbers are suggested by the measured noise, beside their backtest, and taken as a draft', async () => {
    const at = Date.now() - 26_000;
    // A detector whose own alarm flag flickers: one sample in ten.
    const samples = Array.from({ length: 130 }, (_, i) => ({
      ts: at + i * 200,
      values: { alarmLow: i % 10 === 0 },
    }));
    await desk.publish('lifeline/v1/gas/R-2/telemetry', samples);
    await expect
      .poll(async () => {
        const stored = await desk.api.get<{ items: unknown[] }>('/points/R-2/readings?metric=alarmLow');
        return stored.items.length;
      })
      .toBe(130);
    await page.goto(`${desk.service.url}/rules/gas.alarmLow.flag?point=R-2`);
    await page.locator('[data-part=suggest]').click();
    await page.locator('[data-part=suggestion][data-found=true] [data-suggested=onDelay]').waitFor();
    await page.locator('[data-part=backtest][data-state=done]').waitFor();
    const alarms = (trial: string) => page.locator(`[data-trial=${trial}] td`).nth(1).textContent();
    expect([await alarms('now'), await alarms('draft')]).toEqual(['13', '0']);
    await page.locator('[data-part=take]').click();
    expect(await page.inputValue('input[name=delay-3]')).toBe('5');
    expect(await page.inputValue('input[name=scope-code]')).toBe('R-2');
    expect(await page.inputValue('input[name=reason]')).not.toBe('');
    await page.click('[data-part=rule] [type=submit]');
    await confirm();
    await page.locator('tr[data-level="3"]').getByText('按实测噪声调整').waitFor();
    await page.goto(`${desk.service.url}/rules/${rule}`);
    await page.locator('[data-part=suggest]').click();
    await page.locator('[data-part=suggestion][data-found=false]').waitFor();
  });

  it('what was lost is told in a ledger, and that nothing was', async () => {
    const other = await desk.operator({}, `${desk.service.url}/losses`);
    await other.locator('[data-part=no-losses]').waitFor();
    await other.context().close();
  });

  it('an earlier version is one click away', async () => {
    await page.getByText('恢复到此版本').first().click();
    await expect
      .poll(async () => {
        const told = await desk.api.get<{ overridden: boolean }>(`/rules/${rule}`);
        return told.overridden;
      })
      .toBe(false);
    expect(desk.faults).toEqual([]);
  });
});
