import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserHarness, CHROMIUM } from '../pages/browser-harness.ts';

const FILE = `类型,编码,名称,业务专项,上级区域,区域,设施,监测点,经度,纬度,坐标系,生产厂家
区域,341602,谯城区,,,,,,,,,
设施,WELL-1,一号井,gas,,341602,,,115.78,33.85,CGCS2000,
监测点,P-1,一号井甲烷,gas,,,WELL-1,,115.78,33.85,CGCS2000,
监测设备,D-1,,gas,,,,P-1,,,,某厂
监测点,P-2,二号井甲烷,nuclear,,341602,,,,,,
`;

describe.skipIf(CHROMIUM === null)('the register on the page', () => {
  let desk: BrowserHarness;
  let page: Page;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    page = await desk.operator();
  });
  afterAll(() => desk?.end());
  const open = async (path: string): Promise<void> => {
    await page.goto(`${desk.service.url}${path}`);
    await page.locator('[data-link=live]').waitFor();
  };
  const part = (name: string) => page.locator(`[data-part="${name}"]`);

  it('while it is empty it says what to do next', async () => {
    await open('/register');
    await part('register-empty').waitFor();
    expect(await part('register-empty').textContent()).toContain('导入');
  });

  it('a file is tried first, its bad row is shown with what would be right, then the good rows come in', async () => {
    await part('register-empty').getByText('导入台账').click();
    await page.setInputFiles('input[name=register]', {
      name: 'register.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(FILE),
    });
    await part('dry-run').waitFor();
    expect(await part('unused-columns').textContent()).toMatch(/生产厂家.*vendor/);
    const error = part('row-error');
    expect(await error.count()).toBe(1);
    expect(await error.textContent()).toMatch(/^6.*nuclear/s);
    expect((await desk.api.get<{ items: { code: string }[] }>('/assets')).items).toEqual([]);
    await part('import-go').click();
    await part('imported').waitFor();
    expect(await part('imported').locator('[data-count=created]').textContent()).toBe('4');
    await open('/register');
    await page.locator('tr[data-point="P-1"] [data-fault=never]').waitFor();
  });

  it('what is refused stands beside its field, and nothing that was typed is lost', async () => {
    await page.locator('[data-tab=points]').click();
    await page.getByText('新建监测点').click();
    await page.fill('dialog [name=code]', '二号');
    await page.fill('dialog [name=name]', '二号井甲烷');
    await page.fill('dialog [name=area]', '341602');
    await page.keyboard.press('Enter');
    await page.locator('dialog [name=code][aria-invalid=true]').waitFor();
    expect(await page.inputValue('dialog [name=name]')).toBe('二号井甲烷');
    await page.fill('dialog [name=code]', 'P-2');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/points/P-2');
    await part('point').getByText('此点没有设备').waitFor();
  });

  it('a device gets its secret once, with the line that sends', async () => {
    await open('/devices/D-1');
    await part('issue').click();
    await part('secret').waitFor();
    const line = (await part('secret').locator('[data-part=send-line]').textContent()) ?? '';
    expect(line).toMatch(
      /mosquitto_pub -h 127\.0\.0\.1 .* -u D-1 -P '\S{16,}' -t lifeline\/v1\/gas\/D-1\/telemetry/,
    );
    await page.reload();
    await part('rotate').waitFor();
    expect(await part('secret').count()).toBe(0);
  });

  it('another device takes over and the point keeps its history', async () => {
    await desk.gas('D-1', 3);
    await open('/points/P-1');
    await page.locator('[data-metric=ch4]').waitFor();
    await part('swap').click();
    await page.fill('dialog [name=fresh]', 'D-1');
    await page.keyboard.press('Enter');
    await page.locator('dialog [name=fresh][aria-invalid=true]').waitFor();
    await page.fill('dialog [name=fresh]', 'D-9');
    await page.keyboard.press('Enter');
    await page.locator('[data-part=point] a[href="/devices/D-9"]').waitFor();
    await desk.gas('D-9', 4);
    const readings = () => desk.api.get<{ items: { value: number }[] }>('/points/P-1/readings?metric=ch4');
    await expect.poll(async () => (await readings()).items.map((r) => r.value)).toEqual([3, 4]);
    await part('point').getByText('D-1（至').waitFor();
    const { items } = await desk.api.get<{ items: { code: string; point: string | null }[] }>('/devices');
    expect(items.map((d) => [d.code, d.point])).toEqual(
      expect.arrayContaining([
        ['D-1', null],
        ['D-9', 'P-1'],
      ]),
    );
  });

  it('a point is taken out of service with a reason, and put back', async () => {
    await part('maintain').click();
    await page.keyboard.press('Enter');
    await page.locator('dialog [name=reason][aria-invalid=true]').waitFor();
    await page.fill('dialog [name=reason]', '更换探头');
    await page.fill('dialog [name=until]', '2026-12-01 18:00');
    await page.keyboard.press('Enter');
    await part('out-of-service').waitFor();
    expect(await part('out-of-service').textContent()).toContain('更换探头（预计 2026-12-01 18:00 结束）');
    await part('restore').click();
    await part('maintain').waitFor();
  });

  it('a packet that was set aside is shown with its bytes, and tried again field by field', async () => {
    await desk.publish('lifeline/v1/gas/D-9/telemetry', { values: { ch4: 5, voltage: 3.6 } });
    await open('/quarantine?device=D-9');
    await part('packet').waitFor();
    expect(await part('why').textContent()).toContain('voltage');
    await page.check('input[name=hex]');
    expect(await part('packet').locator('pre').textContent()).toMatch(/^0000 {2}7b 22 76/);
    await part('packet').getByText('放入自检').click();
    await part('verdict').waitFor();
    await page.locator('[data-part=verdict] [data-metric=ch4]').waitFor();
    const flaw = await part('flaw').textContent();
    expect(flaw).toContain('“voltage”：请改用该专项的指标名');
    expect(flaw).not.toContain('metric');
  });

  it('a device that sends is watched live: what was used and what was set aside', async () => {
    await part('watch').click();
    // As a device does it: again and again. What came before the first look is not shown as new.
    const readings = page.locator('[data-part=live] [data-is=reading]');
    await expect
      .poll(
        async () => {
          await desk.publish('lifeline/v1/gas/D-9/telemetry', { values: { ch4: 6, current: 1 } });
          return readings.count();
        },
        { interval: 1_000, timeout: 25_000 },
      )
      .toBeGreaterThan(0);
    await page.locator('[data-part=live] [data-is=aside]').first().waitFor();
  });

  it('the worst stands first, and search and filters find the rest', async () => {
    await desk.publish('lifeline/v1/gas/D-9/telemetry', { values: { ch4: 'x' } });
    await open('/register');
    await page.locator('tr[data-point="P-1"] [data-fault=bad]').waitFor();
    const order = await page
      .locator('tr[data-point]')
      .evaluateAll((rows) =>
        rows.map((r) => (r as unknown as { getAttribute(n: string): string }).getAttribute('data-point')),
      );
    expect(order).toEqual(['P-1', 'P-2']);
    await page.fill('.sheet input[type=search]', '一号');
    await expect.poll(() => page.locator('tr[data-point]').count()).toBe(1);
    await page.fill('.sheet input[type=search]', 'nothing like it');
    await page.getByText('清除条件').click();
    await expect.poll(() => page.locator('tr[data-point]').count()).toBe(2);
    expect(desk.faults).toEqual([]);
  });
});
