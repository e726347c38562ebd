import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../support/service-process.ts';
import { BrowserHarness, CHROMIUM, row } from '../pages/browser-harness.ts';
import { logIn } from '../pages/page-browser.ts';

/** A warning from the key that begins it to its end, by two people at two desks, who read nothing but the page. */
describe.skipIf(CHROMIUM === null)('warnings on the page', () => {
  let desk: BrowserHarness;
  let li: Page;
  let ban: Page;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    for (const [code, name] of [
      ['gas-co', '燃气公司'],
      ['street-1', '薛阁街道'],
    ])
      await desk.api.post('/units', { code, name, kind: 'owner' });
    await desk.person('li', ['shift-leader']);
    await desk.person('ban', ['shift-leader']);
    await desk.gas('V-1', 25);
    await desk.gas('V-2', 25);
    li = await desk.stranger();
    await logIn(li, 'li', PASSWORD);
    await row(li, 'V-2').waitFor();
    ban = await desk.stranger({}, `${desk.service.url}/warnings`);
    await logIn(ban, 'ban', PASSWORD);
    await ban.locator('[data-part=warnings-screen]').getByText('没有在办的预警').waitFor();
    for (const p of [li, ban]) p.setDefaultTimeout(20_000);
  });
  afterAll(() => desk?.end());

  const state = (page: Page, is: string) => page.locator(`[data-part=state][data-state=${is}]`);
  const addUnit = async (page: Page, code: string) => {
    await page.fill('input[name=recipients]', code);
    await page.press('input[name=recipients]', 'Enter');
    await page.locator(`[data-field=recipients] [data-code=${code}]`).waitFor();
  };

  it('E acts on the marked row and on nothing else, and stands in the help', async () => {
    await li.keyboard.press('?');
    await li.locator('dialog[open]').getByText('由所选报警起草预警').waitFor();
    await li.keyboard.press('Escape');
    await li.goto(`${desk.service.url}/?q=nothing-of-the-kind`);
    await li.locator('[data-link=live]').waitFor();
    await li.keyboard.press('e');
    await li.getByText('列表中没有选中的报警').waitFor();
    expect(new URL(li.url()).pathname).toBe('/');
    await li.goto(desk.service.url);
    await row(li, 'V-1').click();
    await li.keyboard.press('e');
    await li.locator('[data-part=warning-new] [data-about]').first().waitFor();
    expect(await li.locator('[data-part=warning-new] input[name=alarms]:checked').count()).toBe(1);
  });

  it('drafted with one more key: level, text and the advice of the pack are there, and can be changed', async () => {
    await li.locator('button[type=submit]:focus').waitFor();
    await li.keyboard.press('Enter');
    await state(li, 'draft').waitFor();
    expect(await li.inputValue('[data-part=edit] textarea[name=text]')).toContain('V-1');
    expect(await li.inputValue('[data-part=edit] textarea[name=instruction]')).not.toBe('');
    await li.check('[data-part=edit] input[name=level][value="2"]', { force: true });
    await li.fill('[data-part=edit] input[name=areaText]', '薛阁路口周边 200 米');
    await addUnit(li, 'gas-co');
    await addUnit(li, 'street-1');
    await li.click('[data-part=edit] [data-part=submit]');
    await state(li, 'pending').waitFor();
    await li.locator('[data-part=own-draft]').getByText('须由另一人签发').waitFor();
  });

  it('an orange one is refused to who drafted it, in words; it waits for the other, who sees it at once', async () => {
    await li.click('[data-part=acts] [data-part=issue]');
    await li.click('dialog [type=submit]');
    await li.locator('dialog [role=alert]:not(.empty)').getByText(/起草/).waitFor();
    await li.keyboard.press('Escape');
    const waits = ban.locator('[data-part=for-me] [data-warning]');
    await waits.getByText('薛阁路口周边 200 米').waitFor();
    await waits.getByRole('link').click();
    await state(ban, 'pending').waitFor();
    await ban.click('[data-part=acts] [data-part=issue]');
    await ban.fill('dialog [name=documentNo]', '亳预〔2026〕3号');
    await ban.click('dialog [type=submit]');
    await state(ban, 'issued').waitFor();
    await state(li, 'issued').waitFor();
    await li.locator('[data-part=content]').getByText('亳预〔2026〕3号').waitFor();
  });

  it('the duty list says so in the row, and its alarm leads to it', async () => {
    await li.goto(desk.service.url);
    await row(li, 'V-1').locator('[data-mark=warning][data-state=issued]').waitFor();
    expect(await row(li, 'V-2').locator('[data-mark=warning]').count()).toBe(0);
    await row(li, 'V-1').click();
    await li.locator('[data-part=follows] a').click();
    await state(li, 'issued').waitFor();
  });

  it('two units confirm, and both desks see who has', async () => {
    for (const [page, unit] of [
      [li, 'gas-co'],
      [ban, 'street-1'],
    ] as const)
      await page.locator(`[data-part=receipts] [data-unit=${unit}] [data-part=confirm]`).click();
    for (const page of [li, ban]) {
      for (const unit of ['gas-co', 'street-1'])
        await page.locator(`[data-unit=${unit}][data-confirmed=true]`).waitFor();
      await page.locator('[data-part=receipts]').getByText('2 / 2').waitFor();
    }
    await li.locator('[data-unit=street-1]').getByText('ban').waitFor();
  });

  it('a graver alarm proposes; adjusted it asks each unit anew, and has a message of its own', async () => {
    await desk.gas('V-1', 60);
    await ban.locator('[data-part=proposal]').getByText('建议调整').waitFor();
    await ban.click('[data-part=acts] [data-part=adjust]');
    expect(await ban.isChecked('[data-part=adjust] input[name=level][value="1"]')).toBe(true);
    await ban.fill('[data-part=adjust] textarea[name=text]', '浓度升高，已扩散至路口');
    await ban.fill('[data-part=adjust] textarea[name=reason]', '报警升为红色');
    // Ban did not draft it, and may raise it to red.
    await ban.click('[data-part=adjust] [type=submit]');
    await ban.locator('[data-part=proposal]').waitFor({ state: 'detached' });
    await ban.locator('[data-unit=gas-co][data-confirmed=false]').waitFor();
    expect(await ban.locator('[data-message]').count()).toBe(2);
  });

  it('each message is read here and taken away as CAP', async () => {
    const newest = ban.locator('[data-message]').first();
    await newest.locator('summary').click();
    await newest.locator('pre').getByText('<msgType>Update</msgType>').waitFor();
    const [file] = await Promise.all([ban.waitForEvent('download'), newest.locator('a').click()]);
    expect(file.suggestedFilename()).toMatch(/^\d{14}_\d{14}_\d\.xml$/);
  });

  it('lifted: the conditions are ticked by what is so; without them it needs a reason', async () => {
    await ban.click('[data-part=acts] [data-part=lift-it]');
    await ban.locator('[data-part=conditions] [data-holds=false]').first().waitFor();
    await ban.click('dialog [type=submit]');
    await ban.locator('dialog [role=alert]').getByText('请写明解除理由').waitFor();
    await ban.fill('dialog textarea[name=reason]', '险情已排除');
    await ban.click('dialog [type=submit]');
    await state(ban, 'lifted').waitFor();
    await state(li, 'lifted').waitFor();
    await li.locator('[data-event=lifted]').getByText('险情已排除').waitFor();
    expect(await li.locator('[data-part=acts] button').count()).toBe(0);
    await li.goto(`${desk.service.url}/warnings?tab=over`);
    await li.locator('[data-part=over] [data-state=lifted]').waitFor();
  });

  it('an exercise says so in the list, on its page, at the row and in CAP', async () => {
    await li.goto(desk.service.url);
    await row(li, 'V-2').click();
    await li.keyboard.press('e');
    await li.check('input[name=status][value=exercise]', { force: true });
    await li.click('[data-part=warning-new] [type=submit]');
    await li.locator('[data-part=not-actual][data-status=exercise]').first().waitFor();
    await li.check('[data-part=edit] input[name=level][value="4"]', { force: true });
    await li.click('[data-part=edit] [data-part=save]');
    // Blue is issued by whoever may, without being submitted.
    await li.click('[data-part=acts] [data-part=issue]');
    await li.locator('dialog [data-part=not-actual]').waitFor();
    await li.click('dialog [type=submit]');
    await state(li, 'issued').waitFor();
    await li.locator('[data-message] summary').click();
    await li.locator('[data-message] pre').getByText('<status>Exercise</status>').waitFor();
    await li.goto(`${desk.service.url}/warnings`);
    await li.locator('[data-part=in-force] .not-actual').getByText('演练').waitFor();
    await li.goto(desk.service.url);
    await row(li, 'V-2').locator('[data-mark=warning]').getByText('演练').waitFor();
  });

  it('nothing on the way threw or asked another host', () => expect(desk.faults).toEqual([]));
});
