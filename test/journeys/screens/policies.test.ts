import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../support/service-process.ts';
import { BrowserHarness, CHROMIUM } from '../pages/browser-harness.ts';
import { logIn } from '../pages/page-browser.ts';

/** Who is told of what is changed by two, in a house that wants two. */
describe.skipIf(CHROMIUM === null)('policies of notices on the page', () => {
  let desk: BrowserHarness;
  let page: Page;
  const policy = (p: Page, id: string) => p.locator(`[data-policy=${id}]`);
  const changes = (p: Page) => p.locator('[data-part=policy-form] [data-part=changes]');
  beforeAll(async () => {
    desk = await BrowserHarness.start({ LIFELINE_RULE_APPROVAL: 'two' });
    await desk.person('wang', ['shift-leader']);
    await desk.api.post('/units', { code: 'gas-co', name: '亳州燃气', kind: 'owner' });
    page = await desk.operator({}, `${desk.service.url}/notice-policies`);
    page.setDefaultTimeout(20_000);
  });
  afterAll(() => desk?.end());

  it('a change stands as old → new before it is submitted, and waits for another person', async () => {
    await policy(page, 'default-1').locator('[data-part=change-policy]').click();
    await page.getByText('没有改动').waitFor();
    expect(await page.isDisabled('[data-part=policy-form] [type=submit]')).toBe(true);
    await page.fill('[name=after-2]', '3');
    await page.selectOption('[name=to-2]', 'unit/gas-co/leader');
    await changes(page).locator('ins', { hasText: '3 分钟后 · 权属单位 值班、亳州燃气 带班' }).waitFor();
    expect(await changes(page).locator('del').textContent()).toContain('4 分钟后 · 权属单位 值班');
    expect(await page.isDisabled('[data-part=policy-form] [type=submit]')).toBe(true);
    await page.fill('[data-part=policy-form] [name=reason]', '早一分钟催办');
    await page.click('[data-part=policy-form] [type=submit]');
    const waiting = page.locator('[data-draft=N1]');
    await waiting.getByText('早一分钟催办').waitFor();
    await waiting.getByText('须由他人批准').waitFor();
    expect(await waiting.locator('[data-part=approve]').count()).toBe(0);
    expect(await policy(page, 'default-1').textContent()).toContain('4 分钟后');
  });

  it('what makes no sense is said in words and goes nowhere', async () => {
    await page.click('[data-part=new-policy]');
    await page.fill('[name=zh]', '夜间红色');
    await page.click('[data-part=add-rung]');
    await page.fill('[data-part=policy-form] [name=reason]', '试');
    await page.click('[data-part=policy-form] [type=submit]');
    await page.locator('[data-part=policy-form] [role=alert]').waitFor();
    await page.locator('[data-part=policy-form] button', { hasText: '取消' }).click();
    expect((await desk.api.get<{ items: unknown[] }>('/notice-policy-drafts')).items).toHaveLength(1);
  });

  it('the second person sees old → new, approves, and it is in force with both names', async () => {
    const other = await desk.stranger({}, `${desk.service.url}/notice-policies`);
    other.setDefaultTimeout(20_000);
    await logIn(other, 'wang', PASSWORD);
    const waiting = other.locator('[data-draft=N1]');
    await waiting.locator('ins', { hasText: '亳州燃气 带班' }).waitFor();
    await waiting.locator('[data-part=approve]').click();
    await policy(other, 'default-1').getByText('第 2 版').first().waitFor();
    expect(await policy(other, 'default-1').textContent()).toContain('3 分钟后');
    await waiting.waitFor({ state: 'detached' });
    await policy(other, 'default-1').locator('summary').click();
    await policy(other, 'default-1').locator('[data-part=versions]').getByText('wang 批准').waitFor();
    await other.context().close();
    expect(desk.faults).toEqual([]);
  });
});
