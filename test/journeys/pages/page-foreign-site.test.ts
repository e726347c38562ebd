import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { ApiClient } from '../../support/service-process.ts';
import { BrowserHarness, CHROMIUM, row } from './browser-harness.ts';

const MARKUP = '<script>window.robbed=1</script><img src=x onerror="window.robbed=1">';
type Entry = { readonly what: string; readonly why: string | null; readonly who: string | null };

/**
 * Another site in the browser of somebody who is logged in: on this machine, where the cookie goes along and nothing but
 * the origin tells them apart. What curl shows of it is in attackers.test.ts; here is what the browser makes of it.
 */
describe.skipIf(CHROMIUM === null)('a foreign site', () => {
  let desk: BrowserHarness;
  let elsewhere: Server;
  let evil: string;
  let auditor: ApiClient;
  let alarm: string;
  /** The duty officer's page, and the foreign one beside it in the same browser. */
  let page: Page;
  let foreign: Page;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    await desk.gas('S-1', 60);
    alarm = await eventually(async () => {
      const { items } = await desk.api.get<{ items: { id: string }[] }>('/alarms');
      return items[0]?.id ?? null;
    });
    await desk.api.post(`/alarms/${alarm}/note`, { text: MARKUP, commandId: 'markup' });
    await desk.person('shen', ['auditor']);
    auditor = await desk.service.client('shen');
    elsewhere = createServer((_request, answer) =>
      answer.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>prize</title><body>'),
    );
    elsewhere.listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    evil = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    page = await desk.operator();
    await row(page, 'S-1').waitFor();
    foreign = await page.context().newPage();
  }, 60_000);
  afterAll(async () => {
    elsewhere?.close();
    await desk?.end();
  });

  const refusals = () => auditor.all<Entry>('/audit?outcome=refused&limit=500');
  beforeEach(() => foreign.goto(evil));
  const isStillIn = async (): Promise<void> => {
    await page.reload();
    await row(page, 'S-1').waitFor();
  };

  test('finds a cookie that no script can read and no other site gets sent', async () => {
    const cookies = await page.context().cookies();
    expect(cookies.map((c) => [c.name, c.httpOnly, c.sameSite, c.path, c.domain])).toEqual([
      ['lifeline_session', true, 'Strict', '/', '127.0.0.1'],
    ]);
    expect(await page.evaluate(() => document.cookie)).toBe('');
    // One, for when the service is down; it keeps nothing.
    const workers = await page.evaluate(async () =>
      (await navigator.serviceWorker.getRegistrations()).map(
        (r) => (r.active ?? r.waiting ?? r.installing)?.scriptURL,
      ),
    );
    expect(workers.map((w) => new URL(w ?? '').pathname)).toEqual(['/sw.js']);
    expect(await page.evaluate(() => caches.keys())).toEqual([]);
  }, 30_000);

  test.each(['/', '/login', '/wall', '/docs', '/api/v1/alarms'])(
    'cannot frame %s',
    async (path) => {
      const told: string[] = [];
      foreign.on('console', (m) => told.push(m.text()));
      await foreign.evaluate((src) => {
        const frame = document.createElement('iframe');
        frame.src = src;
        document.body.append(frame);
      }, desk.service.url + path);
      await expect.poll(() => told.join()).toMatch(/frame-ancestors|X-Frame-Options/i);
      // The refusal is told a moment before its frame has an address.
      const within = () =>
        foreign
          .frames()
          .slice(1)
          .map((f) => f.url());
      await expect.poll(within).toEqual(['chrome-error://chromewebdata/']);
    },
    30_000,
  );

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'cannot send a form of %s with the officer’s cookie, nor log them in as somebody else',
    async (enctype) => {
      for (const [path, what] of [
        [`/api/v1/alarms/${alarm}/note`, 'alarms.note'],
        ['/api/v1/session', 'session.login'],
        ['/api/v1/register/import', 'register.importRegister'],
      ] as const) {
        const before = (await refusals()).filter((e) => e.why === 'foreign-origin').length;
        await foreign.goto(evil);
        const [answer] = await Promise.all([
          foreign.waitForResponse(desk.service.url + path),
          foreign.evaluate(
            ({ action, enctype: type }) => {
              const form = document.createElement('form');
              Object.assign(form, { method: 'POST', action, enctype: type });
              const field = document.createElement('input');
              // The body is then JSON, but for the equals sign that text/plain puts in between.
              field.name = '{"account":"admin","password":"x","text":"evil","commandId":"c","x":"';
              field.value = '"}';
              form.append(field);
              document.body.append(form);
              form.submit();
            },
            { action: desk.service.url + path, enctype },
          ),
        ]);
        await foreign.waitForURL(desk.service.url + path);
        expect([what, answer.status()]).toEqual([what, 403]);
        await eventually(async () => {
          const told = (await refusals()).filter((e) => e.why === 'foreign-origin');
          return told.length > before;
        });
      }
      const { items } = await desk.api.get<{ items: object[] }>(`/alarms/${alarm}/events`);
      expect(JSON.stringify(items)).not.toContain('evil');
      // They are still who they were.
      await isStillIn();
    },
    45_000,
  );

  test('can fetch, embed and listen to nothing, whatever mode it asks in', async () => {
    const got = await foreign.evaluate(
      async ({ url, id }) => {
        const attempt = async (path: string, init: RequestInit): Promise<string> => {
          try {
            return await (await fetch(url + path, { credentials: 'include', ...init })).text();
          } catch {
            return 'kept apart';
          }
        };
        const embed = (tag: string, path: string) =>
          new Promise<string>((resolve) => {
            const e = document.createElement(tag) as HTMLElement & { src: string };
            e.onload = () => resolve(`${tag} loaded ${path}`);
            e.onerror = () => resolve('kept apart');
            e.src = url + path;
            document.body.append(e);
          });
        const json = { 'content-type': 'application/json' };
        const body = JSON.stringify({ text: 'evil', commandId: 'c-fetch' });
        return [
          await attempt('/api/v1/alarms', {}),
          await attempt('/api/v1/alarms', { mode: 'no-cors' }),
          await attempt('/api/v1/register/export', { mode: 'no-cors' }),
          await attempt(`/api/v1/alarms/${id}/note`, { method: 'POST', headers: json, body }),
          await attempt(`/api/v1/alarms/${id}/note`, { method: 'POST', mode: 'no-cors', body }),
          await attempt('/api/v1/session', { method: 'DELETE' }),
          await embed('script', '/api/v1/alarms'),
          await embed('script', '/api/v1/readings.csv?points=S-1'),
          await embed('img', '/favicon.svg'),
        ];
      },
      { url: desk.service.url, id: alarm },
    );
    for (const text of got) expect(['', 'kept apart']).toContain(text);
    await isStillIn();
  }, 30_000);

  test('that opened the console, or was opened beside it, has no hold of its window', async () => {
    const [popup] = await Promise.all([
      foreign.waitForEvent('popup'),
      foreign.evaluate((url) => {
        const world = globalThis as unknown as { open(u: string): unknown; theirs: unknown };
        world.theirs = world.open(url);
      }, desk.service.url),
    ]);
    await row(popup, 'S-1').waitFor();
    expect(await popup.evaluate(() => (globalThis as { opener?: unknown }).opener ?? null)).toBeNull();
    const held = await foreign.evaluate(() => {
      const { theirs } = globalThis as unknown as {
        theirs: { closed: boolean; postMessage(m: unknown, to: string): void };
      };
      const { closed } = theirs;
      theirs.postMessage({ type: 'alarm', alarm: { id: 'forged' } }, '*');
      return !closed;
    });
    expect(held).toBe(false);
    expect(await popup.content()).not.toContain('forged');
  }, 30_000);

  test.each([
    '/api/v1/alarms?state=all',
    `/api/v1/quarantine?device=${encodeURIComponent('<script>')}`,
    '/api/v1/nowhere/<script>window.robbed=1</script>',
    '/metrics',
    '/openapi.json',
  ])(
    'finds %s, opened as a page, no page',
    async (path) => {
      await foreign.goto(desk.service.url + path).catch(() => null);
      expect(
        await foreign.evaluate(() => [document.contentType, (globalThis as { robbed?: number }).robbed]),
      ).toEqual([expect.stringMatching(/^(application\/(problem\+)?json|text\/plain)$/), undefined]);
    },
    30_000,
  );

  test.each([
    '/api/v1/register/export',
    '/api/v1/points/S-1/readings.csv',
    '/api/v1/readings.csv?points=S-1',
  ])(
    'finds %s a file to be saved under our name, never a page',
    async (path) => {
      const [file] = await Promise.all([
        foreign.waitForEvent('download'),
        foreign.goto(desk.service.url + path).catch(() => null),
      ]);
      expect(file.suggestedFilename()).toMatch(/^[\w.-]+\.csv$/);
    },
    30_000,
  );

  test('behind a log-out the way back shows the log-in, and nothing of the city', async () => {
    const tab = await desk.operator();
    await row(tab, 'S-1').waitFor();
    await tab.goto(`${desk.service.url}/alarms/${alarm}`);
    await tab.getByText('window.robbed').first().waitFor();
    const token = (await tab.context().cookies())[0]?.value ?? '';
    await tab.goto(evil);
    // Logged out elsewhere, and the page left behind in the browser's memory.
    const answer = await fetch(`${desk.service.url}/api/v1/session`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(204);
    await tab.goBack();
    await tab.locator('input[name=password]').waitFor();
    expect(await tab.content()).not.toContain('window.robbed');
    await tab.goBack();
    await tab.locator('input[name=password]').waitFor();
    expect(await tab.locator('[data-point="S-1"]').count()).toBe(0);
  }, 30_000);

  test('has changed nothing', async () => {
    const { items } = await desk.api.get<{ items: { type?: string }[] }>(`/alarms/${alarm}/events`);
    expect(items.length).toBe(2);
    expect((await fetch(`${desk.service.url}/readyz`)).status).toBe(200);
    expect(desk.service.log.filter((l) => l.level === 'error')).toEqual([]);
  });
});
