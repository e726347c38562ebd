import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD } from '../../support/service-process.ts';
import { CHROMIUM } from '../pages/browser-harness.ts';
import { axeFindings } from '../pages/page-axe.ts';
import {
  allSent,
  inState,
  openOrder,
  PHONE,
  PhoneHarness,
  press,
  submit,
  UpgradedService,
} from './phone-harness.ts';

const DIST = join(import.meta.dirname, '../../../dashboards/console/dist');
const BUDGET = 200_000;

describe.skipIf(CHROMIUM === null)('the page of crews', () => {
  let city: PhoneHarness;
  beforeAll(async () => {
    city = await PhoneHarness.start();
  });
  afterAll(() => city?.end());
  afterEach(() => expect(city.desk.faults).toEqual([]));

  /** A photograph as a camera makes it: 12 megapixels. */
  async function photograph(page: Page): Promise<Buffer> {
    const made = await page.evaluate(async () => {
      const { document } = globalThis as unknown as { document: { createElement(t: string): HTMLCanvas } };
      type HTMLCanvas = {
        width: number;
        height: number;
        getContext(t: string): { fillStyle: string; fillRect(...xywh: number[]): void };
        toDataURL(t: string, q: number): string;
      };
      const canvas = document.createElement('canvas');
      canvas.width = 4_000;
      canvas.height = 3_000;
      const pen = canvas.getContext('2d');
      for (let i = 0; i < 400; i++) {
        pen.fillStyle = `hsl(${i} 60% ${20 + (i % 60)}%)`;
        pen.fillRect((i * 397) % 3_900, (i * 211) % 2_900, 300, 200);
      }
      return canvas.toDataURL('image/jpeg', 0.95);
    });
    return Buffer.from(made.slice(made.indexOf(',') + 1), 'base64');
  }

  test('an order’s whole life on a phone: accepted, arrived by its own place, checked, photographed, fed back, done', async () => {
    const { id, no } = await city.order();
    const page = await city.phone('wang');
    await openOrder(page, no);
    // What is there, how bad, what to do, and the way.
    const alarm = page.locator('[data-part=alarm]');
    expect(await alarm.textContent()).toMatch(/60 %LEL[\s\S]*处置建议[\s\S]*燃气公司/);
    expect(await page.locator('[data-part=navigate]').getAttribute('href')).toBe(
      'geo:33.84411,115.78213?q=33.84411,115.78213',
    );
    await press(page, 'accept');
    await inState(page, 'accepted');

    await press(page, 'arrive');
    await page.locator('[data-part=place]', { hasText: '±9' }).waitFor();
    const picture = await photograph(page);
    expect(picture.length).toBeGreaterThan(300_000);
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: picture });
    await page.locator('[data-part=photo] img').waitFor();
    await submit(page);
    await inState(page, 'on-site');
    await allSent(page);
    const arrived = await city.of(id);
    expect(arrived).toMatchObject({
      state: 'on-site',
      arrival: { lon: 115.78201, lat: 33.8439, accuracyM: 9, actedAt: expect.any(String) },
      attachments: [expect.stringMatching(/^[0-9a-f]{64}$/)],
    });
    // Scaled down on the phone, and shown from the service.
    const shown = page.locator('.photos img');
    const width = () => shown.evaluate((img) => (img as unknown as { naturalWidth: number }).naturalWidth);
    await shown.scrollIntoViewIfNeeded();
    await expect.poll(width).toBe(1_600);

    // Nobody is done before the safety check that this line asks for.
    await page.locator('[data-part=safety]').waitFor();
    await press(page, 'check-safety');
    await submit(page);
    await page.locator('[role=alert]', { hasText: '至少填写一项' }).waitFor();
    await page.fill('input[name=CH4]', '0');
    await page.fill('input[name=O2]', '20,9');
    await page.fill('input[name=permit]', 'ZY-2026-012');
    await submit(page);
    await page.locator('[data-part=safety]').waitFor({ state: 'detached' });

    await press(page, 'feedback');
    await page.fill('textarea', '阀门已关，正在更换密封');
    await submit(page);
    await page.locator('[data-event=fed-back]', { hasText: '阀门已关' }).waitFor();

    await press(page, 'extend');
    await page.fill('textarea', '备件未到');
    await submit(page);
    await page.locator('.said', { hasText: '已申请延期' }).waitFor();
    await press(page, 'pause');
    await page.locator('input[value=parts]').check();
    await page.fill('textarea', '等备件');
    await submit(page);
    await inState(page, 'paused');
    await press(page, 'resume');
    await inState(page, 'on-site');

    await press(page, 'done');
    await page.fill('textarea', '已更换密封，复测合格');
    await page.fill('input[name=cause]', '密封老化');
    await submit(page);
    await inState(page, 'done');
    await allSent(page);
    expect(await city.of(id)).toMatchObject({
      state: 'done',
      result: '已更换密封，复测合格',
      cause: '密封老化',
      safety: {
        readings: [
          { what: 'CH4', value: 0, unit: '%LEL' },
          { what: 'O2', value: 20.9, unit: '%VOL' },
        ],
        permit: 'ZY-2026-012',
      },
    });
    expect((await city.story(id)).filter((e) => e.account === 'wang').map((e) => e.event)).toEqual([
      'accepted',
      'arrived',
      'safety-checked',
      'fed-back',
      'extension-asked',
      'paused',
      'resumed',
      'done',
    ]);
    await page.context().close();
  });

  test('sent back and forwarded, with their reasons; what another unit has is seen no more', async () => {
    const one = await city.order();
    const two = await city.order();
    const page = await city.phone('wang');
    await openOrder(page, one.no);
    await press(page, 'refuse');
    await page.locator('input[value=no-capacity]').check();
    await page.fill('textarea', '人员全部在外');
    await submit(page);
    await expect.poll(async () => (await city.of(one.id)).state).toBe('returned');
    await page.locator('button.back').click();
    await openOrder(page, two.no);
    await press(page, 'forward');
    // Every unit but their own.
    expect(await page.locator('select[name=unit] option').allInnerTexts()).toEqual(['请选择', '供水抢修班']);
    await page.selectOption('select[name=unit]', 'water-crew');
    await page.fill('textarea', '供水管线');
    await submit(page);
    await page.locator('[data-part=not-here]').waitFor();
    expect(await city.of(two.id)).toMatchObject({ unit: 'water-crew', state: 'dispatched' });
    const other = await city.phone('zhao');
    await other.locator(`a[data-order="${two.no}"]`).waitFor();
    expect(await other.locator('a[data-order]').count()).toBe(1);
    for (const p of [page, other]) await p.context().close();
  });

  test('where the phone does not know its place, the crew says it in words', async () => {
    const { id, no } = await city.order({
      source: { kind: 'manual' },
      title: '井盖异响',
      lifeline: 'manhole',
      level: 3,
      place: { area: '341602', text: '光明路' },
    });
    const page = await city.phone('wang', { permissions: [] });
    await openOrder(page, no);
    await press(page, 'arrive');
    await page.locator('[data-part=place]', { hasText: '未允许定位' }).waitFor();
    await submit(page);
    await page.locator('[role=alert]', { hasText: '请定位' }).waitFor();
    await page.fill('input[name=placeText]', '光明路与希夷大道路口');
    await submit(page);
    await inState(page, 'on-site');
    await allSent(page);
    expect((await city.of(id)).arrival).toMatchObject({ lon: null, placeText: '光明路与希夷大道路口' });
    await page.context().close();
  });

  test('what was typed and photographed is there again after the camera has thrown the page out', async () => {
    const { no } = await city.order();
    const page = await city.phone('wang');
    await openOrder(page, no);
    await press(page, 'feedback');
    await page.fill('textarea', '写到一半');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: await photograph(page) });
    await page.locator('[data-part=photo] img').waitFor();
    // Both are on the disk; nobody is told when.
    const kept = () =>
      page.evaluate(
        () =>
          new Promise<number>((resolve, reject) => {
            type Asked = { result: never; onsuccess: () => void; onerror: () => void };
            type Db = { transaction(s: string): { objectStore(s: string): { count(key: object): Asked } } };
            const { indexedDB, IDBKeyRange } = globalThis as unknown as {
              indexedDB: { open(name: string): Asked };
              IDBKeyRange: { bound(from: string, to: string): object };
            };
            const opened = indexedDB.open('lifeline-phone:/');
            opened.onerror = () => reject(new Error('it cannot be opened'));
            opened.onsuccess = () => {
              const db: Db = opened.result;
              const asked = db
                .transaction('kept')
                .objectStore('kept')
                .count(IDBKeyRange.bound('draft:', 'draft;'));
              asked.onsuccess = () => resolve(asked.result);
            };
          }),
      );
    await expect.poll(kept).toBe(2);
    await page.reload();
    await page.locator('form[data-act]').waitFor();
    await expect.poll(() => page.locator('textarea').inputValue()).toBe('写到一半');
    await page.locator('[data-part=photo] img').waitFor();
    await page.context().close();
  });

  test('is installable: a manifest, its icons, a service worker for its own folder, and all of it light', async () => {
    const page = await city.phone('wang');
    const scope = await page.evaluate(async () => {
      const { navigator } = globalThis as unknown as {
        navigator: { serviceWorker: { ready: Promise<{ scope: string }> } };
      };
      return (await navigator.serviceWorker.ready).scope;
    });
    expect(scope).toBe(`${city.desk.service.url}/m/`);
    // Chromium's own word on it.
    const devtools = await page.context().newCDPSession(page);
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    // A test's browser keeps nothing, and can install nothing: that alone.
    expect(installabilityErrors.map((e) => e.errorId)).toEqual(['in-incognito']);
    const manifest = await devtools.send('Page.getAppManifest');
    expect(manifest.errors).toEqual([]);
    expect(JSON.parse(manifest.data ?? '')).toMatchObject({
      display: 'standalone',
      start_url: './',
      scope: './',
    });
    const policy = (await page.request.get(`${city.desk.service.url}/m/`)).headers()['permissions-policy'];
    expect(policy).toBe('camera=(self), geolocation=(self), microphone=()');
    await page.context().close();

    const names = /FILES = \[(.*)\];/.exec(readFileSync(join(DIST, 'm/sw.js'), 'utf8'))?.[1] ?? '';
    const files = (JSON.parse(`[${names}]`) as string[]).map((f) =>
      join(DIST, 'm', f === './' ? 'index.html' : f),
    );
    expect(files.length).toBeGreaterThan(6);
    const weight = [...files, join(DIST, 'm/sw.js')]
      .map((f) => gzipSync(readFileSync(f), { level: 9 }).length)
      .reduce((a, b) => a + b);
    console.info(`the page of crews: ${Math.round(weight / 1_000)} kB gzip, ${files.length} files`);
    expect(weight).toBeLessThan(BUDGET);
  });

  test('can be pressed with gloves and read in the sun, by day and by night, in both languages', async () => {
    const { no } = await city.order();
    const page = await city.phone('wang');
    const opened = async (hash: string, part: string) => {
      await page.evaluate((h) => {
        (globalThis as unknown as { location: { hash: string } }).location.hash = h;
      }, hash);
      await page.locator(part).first().waitFor();
    };
    await openOrder(page, no);
    const order = new URL(page.url()).hash;
    for (const [language, colorScheme] of [
      ['zh-CN', 'light'],
      ['en', 'dark'],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate((to) => localStorage.setItem('lifeline.language', to), language);
      await page.reload();
      for (const [hash, part] of [
        ['#/', 'a[data-order]'],
        ['#/unsent', 'h1'],
        [order, '[data-part=alarm]'],
        ...['arrive', 'check-safety', 'refuse', 'forward', 'pause', 'extend', 'feedback', 'done'].map((v) => [
          `${order}/${v}`,
          `form[data-act=${v}]`,
        ]),
      ] as [string, string][]) {
        await opened(hash, part);
        const findings = await axeFindings(page, 'light', () => page.locator(part).first().waitFor());
        expect([language, colorScheme, hash, findings]).toEqual([language, colorScheme, hash, []]);
        const small = await page.evaluate(() => {
          const { document, innerWidth } = globalThis as unknown as {
            innerWidth: number;
            document: {
              documentElement: { scrollWidth: number };
              querySelectorAll(q: string): Iterable<{
                getBoundingClientRect(): { width: number; height: number };
                outerHTML: string;
                type?: string;
              }>;
            };
          };
          const pressed = [
            ...document.querySelectorAll('button, a, .choice, select, input:not([type=radio])'),
          ];
          return [
            ...pressed
              .filter((b) => {
                const { width, height } = b.getBoundingClientRect();
                return height < 48 || width < 48;
              })
              .map((b) => b.outerHTML.slice(0, 80)),
            ...(document.documentElement.scrollWidth > innerWidth ? ['scrolls sideways'] : []),
          ];
        });
        expect([hash, small]).toEqual([hash, []]);
        const words = await page.locator('main').textContent();
        expect([hash, /\{\w+\}|undefined|null\b/.exec(words ?? '')?.[0] ?? '']).toEqual([hash, '']);
      }
    }
    await page.context().close();
  }, 120_000);

  test('a newcomer sets a password on the phone, and is told where an account has no unit', async () => {
    const made = await city.desk.api.post('/accounts', { account: 'sun', name: '孙', roles: ['crew'] });
    const page = await city.desk.stranger(PHONE, `${city.desk.service.url}/m/`);
    await page.fill('input[name=account]', 'sun');
    await page.fill('input[name=password]', 'not this one');
    await page.locator('button[type=submit]').click();
    await page.locator('[role=alert]').waitFor();
    await page.fill('input[name=password]', String(made.body.oneTimeCode));
    await page.locator('button[type=submit]').click();
    await page.fill('input[name=new-password]', PASSWORD);
    await page.fill('input[name=repeat-password]', PASSWORD);
    await page.locator('button[type=submit]').click();
    await page.locator('.said', { hasText: '此账号未指定单位' }).waitFor();
    await page.context().close();
  });

  test('a new page is taken when nobody is writing, and nothing that waits is lost by it', async () => {
    const { id, no } = await city.order();
    const service = await UpgradedService.before(city.desk.service.url);
    const page = await city.phone('wang', {}, service.url);
    const controlled = () =>
      page.evaluate(() => {
        const { navigator } = globalThis as unknown as {
          navigator: { serviceWorker: { controller: { state: string } | null } };
        };
        return navigator.serviceWorker.controller?.state ?? null;
      });
    await expect.poll(controlled).toBe('activated');
    await page.reload();
    await openOrder(page, no);
    await press(page, 'feedback');
    await page.fill('textarea', '写到一半');
    service.upgrade();
    await page.evaluate(async () => {
      const { navigator, window } = globalThis as unknown as {
        window: { isOld: boolean };
        navigator: {
          serviceWorker: {
            ready: Promise<{ update(): Promise<unknown> }>;
            addEventListener(t: string, then: () => void): void;
          };
        };
      };
      window.isOld = true;
      const changed = new Promise<void>((resolve) =>
        navigator.serviceWorker.addEventListener('controllerchange', resolve),
      );
      await (await navigator.serviceWorker.ready).update();
      await changed;
    });
    const isOld = () =>
      page.evaluate(() => (globalThis as unknown as { isOld?: boolean }).isOld === true).catch(() => true);
    expect([await isOld(), await page.locator('textarea').inputValue()]).toEqual([true, '写到一半']);
    await submit(page);
    await page.locator('button.back').click();
    await expect.poll(isOld).toBe(false);
    await page.locator(`a[data-order="${no}"]`).waitFor();
    await allSent(page);
    await expect.poll(async () => (await city.story(id)).at(-1)).toMatchObject({ text: '写到一半' });
    expect(await page.evaluate('caches.keys()')).toEqual([`lifeline-phone:${service.url}/m/:upgraded`]);
    await page.context().close();
    await service.end();
  });

  test('a warning for the unit is read and confirmed on the phone; without a network it is read alone', async () => {
    const { api } = city.desk;
    const drafted = await api.post('/warnings', {
      basis: { alarms: [city.alarm] },
      level: 4,
      text: '魏武大道燃气泄漏，请做好抢修准备',
      recipients: ['gas-crew', 'water-crew'],
      commandId: 'w-1',
    });
    const id = String(drafted.body.id);
    for (const verb of ['submit', 'issue']) {
      const { status, body } = await api.post(`/warnings/${id}/${verb}`, { commandId: `w-${verb}` });
      expect([verb, status, body.code]).toEqual([verb, 200, undefined]);
    }
    const page = await city.phone('wang');
    await page.locator('[data-unconfirmed="1"]').click();
    const warning = page.locator(`[data-warning="${id}"]`);
    await warning.getByText('请做好抢修准备').waitFor();
    await page.context().setOffline(true);
    await warning.locator('button').click();
    await page.locator('[role=alert]', { hasText: '无法连接服务器' }).waitFor();
    await page.context().setOffline(false);
    await warning.locator('button').click();
    await page.locator(`[data-warning="${id}"][data-confirmed=true]`).waitFor();
    await page.locator('[data-unconfirmed]').waitFor({ state: 'detached' });
    const told = await api.get<{ recipients: { unit: string; by?: string }[] }>(`/warnings/${id}`);
    expect(told.recipients.map((r) => [r.unit, r.by])).toEqual([
      ['gas-crew', '王建国'],
      ['water-crew', undefined],
    ]);
    await page.context().close();
  });

  test('somebody whose work is at the desk sees the orders of all; a crew that opens the desk is led here', async () => {
    const page = await city.desk.stranger(PHONE);
    await page.fill('input[name=account]', 'wang');
    await page.fill('input[name=password]', PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/m/');
    await page.locator('h1', { hasText: '本单位工单' }).waitFor();
    await page.context().close();
    const lead = await city.phone('admin');
    await lead.locator('h1', { hasText: '全部工单' }).waitFor();
    await lead.context().close();
  });
});
