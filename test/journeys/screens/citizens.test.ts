import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../support/service-process.ts';
import { BrowserHarness, CHROMIUM } from '../pages/browser-harness.ts';
import { logIn } from '../pages/page-browser.ts';

const HEAD = 'kind,code,name,parent,lifeline,area,asset,point,lon,lat,crs';
const AREAS = `${HEAD}\narea,3416,亳州市,,,,,,,,\narea,341602,谯城区,3416,,,,,,,\n`;
const REGISTER = `${HEAD}
point,P-1,药都大道燃气井 3,,gas,341602,,,115.7801,33.8501,CGCS2000
device,D-1,,,gas,,,P-1,,,
`;
const CALL = {
  externalNo: 'ZX-0815',
  kind: 'help',
  category: '燃气异味',
  text: '路口有很浓的煤气味',
  place: '人民路与药都大道路口',
  lon: 115.78,
  lat: 33.85,
  caller: '张建国',
  phone: '13855512345',
};
const PICTURES = process.env.LIFELINE_TEST_PICTURES;

/** A citizen's call at the desk, from its coming in to its answer. */
describe.skipIf(CHROMIUM === null)('citizens’ reports on the desk', () => {
  let desk: BrowserHarness;
  let li: Page;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    const headers = { cookie: desk.api.cookie, 'content-type': 'text/csv', origin: desk.service.url };
    for (const body of [AREAS, REGISTER]) {
      const address = `${desk.service.url}/api/v1/register/import`;
      expect(await (await fetch(address, { method: 'POST', body, headers })).json()).toMatchObject({
        failed: 0,
      });
    }
    await desk.person('li', ['operator']);
    await desk.gas('D-1', 60);
    const receivedAt = new Date().toISOString();
    await desk.api.post('/citizen-reports', { ...CALL, receivedAt });
    li = await desk.stranger({}, `${desk.service.url}/citizens`);
    li.setDefaultTimeout(20_000);
    await logIn(li, 'li', PASSWORD);
  });
  afterAll(() => desk?.end());

  const part = (name: string) => li.locator(`[data-part=${name}]`);
  const picture = async (name: string): Promise<void> => {
    if (PICTURES !== undefined) await li.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
  };

  it('is found in the list, masked, and opened', async () => {
    const row = part('citizens').locator('tr[data-report]');
    await row.waitFor();
    expect(await row.textContent()).toContain('燃气异味');
    await picture('list');
    await row.locator('a').first().click();
    await part('citizen-file').waitFor();
    expect(await part('phone').textContent()).toBe('138****2345');
    expect(await part('caller').textContent()).toBe('张**');
    expect(await li.content()).not.toContain('13855512345');
  });

  it('is tied to what it may be about, for the reasons that stand there', async () => {
    const match = part('matches').locator('li[data-point=P-1]');
    await match.waitFor();
    for (const reason of ['相距', '地址相同：药都大道', '报警'])
      expect(await match.textContent()).toContain(reason);
    await match.locator('[data-part=tie]').click();
    await part('ties').locator('[data-tie=alarm]').waitFor();
    expect(await part('state').textContent()).toBe('已关联');
    await picture('file');
  });

  it('shows who called to whoever says why', async () => {
    await part('reveal').click();
    await li.locator('dialog [name=reason]').fill('核实具体位置');
    await li.locator('dialog button[type=submit]').click();
    await li.getByText('13855512345').waitFor();
  });

  it('becomes an order, is answered by a draft of what was done, and closed', async () => {
    await part('do-order').click();
    await li.locator('dialog [name=title]').fill('联系张建国');
    await li.locator('dialog [name=lifeline]').selectOption('gas');
    await li.locator('dialog button[type=submit]').click();
    await li.locator('dialog [role=alert]').waitFor();
    expect(await li.locator('dialog').textContent()).toContain('来电人姓名或电话');
    await li.locator('dialog [name=title]').fill('核查燃气异味');
    await li.locator('dialog button[type=submit]').click();
    await part('ties').locator('[data-tie=order]').waitFor();
    await part('do-answer').click();
    const text = li.locator('dialog textarea[name=text]');
    expect(await text.inputValue()).toContain('ZX-0815');
    await text.fill('您好，已更换阀门垫片，异味消除。');
    await li.locator('dialog button[type=submit]').click();
    await part('answer').waitFor();
    await part('do-close').click();
    await li.locator('dialog button[type=submit]').click();
    await li.locator('[data-part=citizen-file][data-state=closed]').waitFor();
    await picture('closed');
    // The file of the order leads back to it.
    await part('ties').locator('[data-tie=order] a').click();
    await part('citizens-of').locator('a').waitFor();
  });

  it('is written in on a form, and a file with faults names them', async () => {
    await li.goto(`${desk.service.url}/citizens`);
    await part('write').click();
    await li.locator('dialog [name=externalNo]').fill('TEL-1');
    await li.locator('dialog button[type=submit]').click();
    await li.locator('dialog [aria-invalid=true]').first().waitFor();
    await li.locator('dialog [name=text]').fill('井盖松动');
    await li.locator('dialog button[type=submit]').click();
    await li.locator('[data-part=citizen-file][data-state=received]').waitFor();
    await li.goto(`${desk.service.url}/citizens/import`);
    const csv = '诉求编号,受理时间,诉求内容\nF-1,2026-12-01 08:15,停气到几点\nF-2,昨天,\n';
    await li
      .locator('input[type=file]')
      .setInputFiles({ name: 'x.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await part('row-error').first().waitFor();
    expect(await part('row-error').count()).toBe(2);
    await part('import-go').click();
    await part('imported').waitFor();
    await picture('import');
  });
});
