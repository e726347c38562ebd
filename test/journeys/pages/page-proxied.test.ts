import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Authority } from '../../support/certificates.ts';
import { eventually } from '../../support/eventually.ts';
import { PASSWORD } from '../../support/service-process.ts';
import { BrowserHarness, CHROMIUM } from './browser-harness.ts';
import { logIn } from './page-browser.ts';

const NGINX = ['/usr/sbin/nginx', '/usr/bin/nginx'].find((p) => existsSync(p)) ?? null;
if (NGINX === null)
  console.warn('SKIPPED: behind a proxy: nginx is not installed (apt-get install nginx-light)');

/** The part that docs/operations.md tells people to write, read from there: what is told is what is tried. */
const LOCATION = /```nginx\n([\s\S]*?)```/.exec(
  readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8'),
)?.[1];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

describe.skipIf(CHROMIUM === null || NGINX === null)(
  'behind nginx with TLS, mounted below /lifeline/',
  () => {
    const place = mkdtempSync(join(tmpdir(), 'lifeline-nginx-'));
    let desk: BrowserHarness;
    let nginx: ChildProcess;
    let url = '';
    beforeAll(async () => {
      desk = await BrowserHarness.start({ LIFELINE_TRUSTED_PROXIES: '127.0.0.1' });
      const { cert, key } = new Authority(place).issue('localhost');
      const port = await freePort();
      url = `https://127.0.0.1:${port}/lifeline/`;
      mkdirSync(join(place, 'tmp'));
      const file = join(place, 'nginx.conf');
      writeFileSync(
        file,
        `daemon off; pid ${place}/pid; error_log ${place}/error.log; worker_processes 1;
${execFileSync('id', ['-u'], { encoding: 'utf8' }).trim() === '0' ? 'user root;' : ''}
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((t) => `${t}_temp_path ${place}/tmp/${t};`).join(' ')}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${cert};
    ssl_certificate_key ${key};
${(LOCATION ?? '').replaceAll('127.0.0.1:8080', new URL(desk.service.url).host)}
  }
}`,
      );
      nginx = spawn(NGINX as string, ['-c', file, '-p', place], { stdio: 'inherit' });
      await eventually(() => fetch(desk.service.url).then(() => existsSync(join(place, 'pid'))));
      await desk.gas('GAS-1', 60);
    }, 60_000);
    afterAll(async () => {
      nginx?.kill('SIGTERM');
      await desk?.end();
      rmSync(place, { recursive: true, force: true });
    });

    test('the console logs in, goes live, opens an alarm by its address, and loads nothing from elsewhere', async () => {
      const page = await desk.stranger({ ignoreHTTPSErrors: true }, url);
      await logIn(page, 'admin', PASSWORD);
      await page.locator('[data-link=live]').waitFor();
      const { items } = await desk.api.get<{ items: { id: string }[] }>('/alarms');
      await page.goto(`${url}alarms/${items[0]?.id}`);
      await page.locator('[data-link=live]').waitFor();
      await page.locator('button.ack').waitFor();
      const cookie = (await page.context().cookies()).find((c) => c.name === 'lifeline_session');
      expect(cookie).toMatchObject({ secure: true, httpOnly: true });
      await page.reload();
      await page.locator('[data-link=live]').waitFor();
      await page.goto(url);
      await page.locator('[data-link=live]').waitFor();
      // What happens now is shown now: the stream goes through.
      await desk.gas('GAS-2', 60);
      await page.locator('.list [data-point]:has-text("GAS-2")').first().waitFor();
      for (const path of ['register', 'map', 'trend', 'rules']) {
        await page.goto(`${url}${path}`);
        await page.locator('[data-link=live]').waitFor();
      }
      await page.goto(`${url}help`);
      await page.locator('nav a', { hasText: '值班台' }).waitFor();
      await page.locator('main a').first().click();
      await page.waitForURL(/\/lifeline\/help\/README\.html$/);
      const outside = await page.evaluate(() =>
        performance
          .getEntriesByType('resource')
          .map((r) => new URL(r.name).pathname)
          .filter((p) => !p.startsWith('/lifeline/')),
      );
      expect([outside, desk.faults]).toEqual([[], []]);
    }, 60_000);

    test('the page of crews opens below it, by its short address, and loads nothing from elsewhere', async () => {
      const page = await desk.stranger({ ignoreHTTPSErrors: true }, `${url}m`);
      expect(page.url()).toBe(`${url}m/`);
      await page.fill('input[name=account]', 'admin');
      await page.fill('input[name=password]', PASSWORD);
      await page.keyboard.press('Enter');
      await page.locator('[data-part=none]').waitFor();
      const asked = await page.evaluate(() =>
        performance.getEntriesByType('resource').map((r) => new URL(r.name).pathname),
      );
      expect(asked.filter((p) => !p.startsWith('/lifeline/'))).toEqual([]);
      expect(asked).toContain('/lifeline/api/v1/orders');
      expect(desk.faults).toEqual([]);
    });

    test('a platform pushes readings through it', async () => {
      const page = await desk.stranger({ ignoreHTTPSErrors: true }, url);
      const made = await desk.api.post('/tokens', { name: 'push', role: 'platform', expiresAt: null });
      expect(made.status, JSON.stringify(made.body)).toBe(201);
      const status = await page.evaluate(
        async ([token, at]) => {
          const answer = await fetch(`${at}api/v1/telemetry`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
            body: JSON.stringify([{ lifeline: 'gas', device: 'GAS-1', values: { ch4: 1 } }]),
          });
          return answer.status;
        },
        [String(made.body.token), url] as const,
      );
      expect(status).toBe(202);
    });
  },
);
