import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attributesOf, isUnknown, PIPES } from '../../support/pipes.ts';
import { PASSWORD } from '../../support/service-process.ts';
import { BrowserHarness, CHROMIUM } from '../pages/browser-harness.ts';
import { axeFindings } from '../pages/page-axe.ts';
import { logIn } from '../pages/page-browser.ts';

const COLOURS = ['red', 'orange', 'yellow', 'blue', 'grey'] as const;
type Risk = { asset: string; colour: (typeof COLOURS)[number]; product: number | null };
/** `--level-2` of the dark theme. */
const ORANGE = [255, 159, 26] as const;

describe.skipIf(CHROMIUM === null)('risk of 200 pipes, findings and the index at the page', () => {
  let desk: BrowserHarness;
  let page: Page;
  let risks: Map<string, Risk>;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    const line = (i: number): string => {
      const lon = 118 + (i % 20) * 0.004;
      const lat = (31 + Math.floor(i / 20) * 0.003).toFixed(4);
      return `"LINESTRING (${lon.toFixed(4)} ${lat}, ${(lon + 0.003).toFixed(4)} ${lat})"`;
    };
    const file = [
      'kind,code,name,lifeline,area,asset,point,lon,lat,crs,geometry,attributes',
      'area,990101,书院街道,,,,,,,,,',
      ...PIPES.map(
        (p, i) => `asset,${p.code},管段${p.code},gas,990101,,,,,CGCS2000,${line(i)},${attributesOf(p)}`,
      ),
      'point,P-G003,三号井,gas,990101,G003,,118.0135,31.0000,CGCS2000,,',
      'device,D-G003,,gas,,,P-G003,,,,,',
    ];
    const answer = await fetch(`${desk.service.url}/api/v1/register/import`, {
      method: 'POST',
      headers: { cookie: desk.api.cookie, 'content-type': 'text/csv', origin: desk.service.url },
      body: `${file.join('\r\n')}\r\n`,
    });
    expect(await answer.json()).toMatchObject({ failed: 0 });
    await desk.gas('D-G003', 60);
    // What the last of these tests looks at: the service looks for it once a minute, while the others run.
    await desk.publish('lifeline/v1/gas/D-G003/telemetry', { values: { ch4: 60, battery: 8 } });
    const { items } = await desk.api.get<{ items: Risk[] }>('/risks?limit=500');
    risks = new Map(items.map((r) => [r.asset, r]));
    page = await desk.operator({ viewport: { width: 1366, height: 768 } });
  });
  afterAll(() => desk?.end());

  const part = (name: string) => page.locator(`[data-part=${name}]`);
  const picture = async (name: string): Promise<void> => {
    if (process.env.PICTURES)
      await page.screenshot({ path: `${process.env.PICTURES}/risk-${name}.png`, fullPage: true });
  };
  const look = (language: string): Promise<void> =>
    page.evaluate((l) => localStorage.setItem('lifeline.language', l), language);
  const countOf = (colour: Risk['colour']): number =>
    [...risks.values()].filter((r) => r.colour === colour).length;
  const pixels = (rgb: readonly [number, number, number]): Promise<number> =>
    page.evaluate(([r, g, b]) => {
      let n = 0;
      const canvas = document.querySelector<HTMLCanvasElement>('.drawing canvas');
      const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      for (let i = 0; i < data.length; i += 4)
        if (data[i] === r && data[i + 1] === g && data[i + 2] === b) n += 1;
      return n;
    }, rgb);

  test('the table has each, grey where something is unknown, and sorts by every column', async () => {
    await page.goto(`${desk.service.url}/risks`);
    await part('risks').locator('tbody tr').first().waitFor();
    const shown = await part('risks')
      .locator('tbody tr[data-risk]')
      .evaluateAll((all) =>
        all.map((e) => {
          const at = (e as unknown as { dataset: Record<string, string> }).dataset;
          return [at.risk, at.colour];
        }),
      );
    expect(shown).toHaveLength(200);
    for (const [asset = '', colour] of shown) expect(colour).toBe(risks.get(asset)?.colour);
    const grey = PIPES.filter(isUnknown).map((p) => p.code);
    expect(
      shown
        .filter(([, colour]) => colour === 'grey')
        .map(([asset]) => asset)
        .sort(),
    ).toEqual(grey);
    for (const column of [
      'asset',
      'colour',
      'product',
      'likelihood',
      'consequence',
      'missing',
      'area',
      'live',
    ]) {
      await page.locator(`[data-sort=${column}]`).click();
      await page
        .locator(
          `th:has([data-sort=${column}])[aria-sort=ascending], th:has([data-sort=${column}])[aria-sort=descending]`,
        )
        .waitFor();
    }
    await page.locator('[data-sort=product]').click();
    const products = await part('risks').locator('tbody tr[data-risk] td:nth-child(3)').allTextContents();
    const known = products.filter((p) => p !== '—').map(Number);
    expect(known).toEqual([...known].sort((a, b) => b - a));
    // What is not known stands last.
    expect(products.slice(known.length).every((p) => p === '—')).toBe(true);
    await picture('table-zh');
  });

  test('static risk and live state are two layers of the map, each switched by itself', async () => {
    await page.goto(`${desk.service.url}/map`);
    await page.locator('.drawing[data-shapes="200"]').waitFor();
    expect(await pixels(ORANGE)).toBe(0);
    await page.locator('summary', { hasText: '更多图层' }).click();
    await page.locator('[data-extra=risk]').check();
    for (const colour of COLOURS)
      await page
        .locator(`[data-part=risk-counts] [data-colour=${colour}]`, { hasText: String(countOf(colour)) })
        .first()
        .waitFor();
    await expect.poll(() => pixels(ORANGE)).toBeGreaterThan(200);
    await picture('map-zh');
    await page.locator('[data-extra=risk]').uncheck();
    await expect.poll(() => pixels(ORANGE)).toBe(0);
    const red = (): Promise<number> => pixels([255, 77, 79]);
    const withLive = await red();
    await page.locator('[data-extra=live]').uncheck();
    await expect.poll(red).toBeLessThan(withLive);
    await page.locator('[data-extra=live]').check();
    await expect.poll(red).toBe(withLive);
    await page.locator('[data-extra=risk]').check();
  });

  test('the card of a pipe shows the parts of its score, and how it stands now apart from that', async () => {
    await page.locator('[data-part=map-search]').fill('G003');
    await page.keyboard.press('Enter');
    const card = page.locator('[data-part=asset-card][data-asset="G003"]');
    await card.waitFor();
    const risk = card.locator(`[data-part=asset-risk][data-colour=${risks.get('G003')?.colour}]`);
    await risk.waitFor();
    expect(await risk.locator('[data-part=risk-parts] li').count()).toBe(10);
    expect(await card.locator('[data-part=asset-live]').textContent()).toContain('2 条');
    await picture('card-zh');
  });

  test('what was missing is assessed at the map, and grey becomes a colour', async () => {
    const grey = PIPES.find(({ attributes: a }) => a.年代 === '' && a.材质 !== '不详' && a.影响人数 !== '');
    await page.locator('[data-part=map-search]').fill(grey?.code ?? '');
    await page.keyboard.press('Enter');
    const card = page.locator(`[data-part=asset-card][data-asset="${grey?.code}"]`);
    await card.locator('[data-part=asset-risk][data-colour=grey]').waitFor();
    await card.locator('[data-part=assess]').click();
    const year = page.locator('dialog[open] input[name=builtYear]');
    await year.fill('老的');
    await page.locator('dialog[open] button[type=submit]').click();
    await page.locator('dialog[open] .problem').waitFor();
    await year.fill('1990');
    await picture('assess-zh');
    await page.locator('dialog[open] button[type=submit]').click();
    await card.locator('[data-part=asset-risk]:not([data-colour=grey])').waitFor();
    expect(await card.locator('[data-key=builtYear]').textContent()).toContain('评估');
  });

  test('a finding is taken through its six steps, and ends in a rule', async () => {
    await page.goto(`${desk.service.url}/diagnoses`);
    const submit = () => page.locator('dialog[open] button[type=submit]').click();
    const fill = async (values: Record<string, string>): Promise<void> => {
      for (const [name, value] of Object.entries(values))
        await page.locator(`dialog[open] [name=${name}]`).fill(value);
      await submit();
      await page.locator('dialog[open]').waitFor({ state: 'detached' });
    };
    await part('make-diagnosis').click();
    await fill({
      ...{ title: '老旧管段占比', area: '990101', asset: 'G003', standard: '城市体检指标' },
      ...{ value: '18', unit: '%' },
    });
    const card = part('diagnosis').first();
    const step = async (next: string, values: Record<string, string>): Promise<void> => {
      await card.and(page.locator(`[data-next=${next}]`)).waitFor();
      await part('next-step').first().click();
      await fill(values);
    };
    await step('evaluate', { target: '10' });
    await step('diagnose', { cause: '敷设于 1988 年，未改造' });
    await step('treat', { measure: '改造前加密监测', rule: 'gas.ch4.limit' });
    await picture('finding-zh');
    await step('recheck', { value: '12' });
    // What did not help is treated anew.
    await step('treat', { measure: '换管', rule: 'gas.ch4.limit' });
    await step('recheck', { value: '8' });
    await step('watch', { rule: 'gas.ch4.limit' });
    await card.and(page.locator('[data-next=over]')).waitFor();
    await look('en');
    await page.goto(`${desk.service.url}/diagnoses`);
    await part('all-diagnoses').click();
    await card.waitFor();
    expect(await card.locator('[data-done]').count()).toBe(6);
    await picture('finding-en');
    for (const theme of ['light', 'dark'] as const)
      expect(await axeFindings(page, theme, () => part('diagnoses-screen').waitFor())).toEqual([]);
  });

  test('the index stands beside its worst item, coverage and what is missing', async () => {
    await page.goto(`${desk.service.url}/health-index`);
    await part('health-indicators').waitFor();
    expect(await part('index').textContent()).toMatch(/\d/);
    expect(await part('worst').textContent()).toMatch(/alarms that were judged.*0 %/);
    expect(await part('missing').textContent()).toContain('of 5');
    expect(await part('health-indicators').locator('tbody tr').count()).toBe(5);
    await picture('index-en');
    await look('zh-CN');
    await page.goto(`${desk.service.url}/health-index`);
    await part('health-indicators').waitFor();
    await picture('index-zh');
    await look('en');
    await page.goto(`${desk.service.url}/map?risk=1&asset=G003`);
    await part('risk-parts').waitFor();
    await page.locator('summary', { hasText: 'More layers' }).click();
    await picture('map-en');
    await look('zh-CN');
  });

  test('a sensor in doubt stands by what it guards, sorts, and an order for it is filled in', async () => {
    const found = () => desk.api.get<{ items: { device: string }[] }>('/device-faults?order=harm');
    await expect
      .poll(async () => (await found()).items.map((f) => f.device), { timeout: 75_000, interval: 500 })
      .toEqual(['D-G003']);
    for (const [language, order] of [
      ['zh-CN', '派单'],
      ['en', 'Order'],
    ] as const) {
      await look(language);
      await page.goto(`${desk.service.url}/doubtful-sensors`);
      const row = part('doubtful').locator('[data-sensor=D-G003]');
      await row.waitFor();
      // Battery 1 × red 4 × alone 2 × more than a hundred people 1.5.
      expect(await row.locator('td').nth(2).textContent()).toBe('12');
      await part('doubtful').locator('[data-sort=guards]').click();
      expect(await part('doubtful').locator('th[aria-sort=descending]').count()).toBe(1);
      await picture(`doubtful-${language}`);
      await row.getByRole('button', { name: order }).click();
      await expect
        .poll(() =>
          page
            .getByRole('dialog')
            .locator('input')
            .evaluateAll((all) => all.some((i) => (i as HTMLInputElement).value.includes('D-G003'))),
        )
        .toBe(true);
      await picture(`doubtful-order-${language}`);
      await page.keyboard.press('Escape');
    }
    for (const theme of ['light', 'dark'] as const)
      expect(await axeFindings(page, theme, () => part('doubtful').waitFor())).toEqual([]);
    await look('zh-CN');
  }, 120_000);

  test('who may not assess is offered neither the form of an asset nor a finding', async () => {
    await desk.person('zhao', ['operator']);
    const theirs = await desk.stranger({ viewport: { width: 1366, height: 768 } });
    await logIn(theirs, 'zhao', PASSWORD);
    await theirs.locator('[data-link=live]').waitFor();
    await theirs.goto(`${desk.service.url}/diagnoses`);
    await theirs.locator('[data-part=diagnoses-screen] .empty').waitFor();
    expect(await theirs.locator('[data-part=make-diagnosis]').count()).toBe(0);
    await theirs.goto(`${desk.service.url}/map?asset=G003`);
    await theirs.locator('[data-part=risk-parts]').waitFor();
    expect(await theirs.locator('[data-part=assess]').count()).toBe(0);
  });
});
