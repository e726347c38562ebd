import { type ChildProcess, spawn } from 'node:child_process';
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

type Proxy = {
  readonly name: string;
  readonly program: string | null;
  /** The whole file, around what docs/operations.md tells people to write: what is told is what is tried. */
  readonly file: (given: {
    place: string;
    port: number;
    cert: string;
    key: string;
    service: string;
  }) => string;
  readonly args: (file: string, place: string) => readonly string[];
};

const GUIDE = readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');
const told = (language: string, service: string): string =>
  (new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(GUIDE)?.[1] ?? '').replaceAll(
    '127.0.0.1:8080',
    service,
  );
const installed = (...paths: readonly string[]): string | null => paths.find((p) => existsSync(p)) ?? null;

const PROXIES: readonly Proxy[] = [
  {
    name: 'nginx',
    program: installed('/usr/sbin/nginx', '/usr/bin/nginx'),
    args: (file, place) => ['-c', file, '-p', place],
    file: ({
      place,
      port,
      cert,
      key,
      service,
    }) => `daemon off; pid ${place}/pid; error_log ${place}/error.log;
worker_processes 1;
${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((t) => `${t}_temp_path ${place}/tmp/${t};`).join(' ')}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${cert};
    ssl_certificate_key ${key};
${told('nginx', service)}
  }
}`,
  },
  {
    name: 'Caddy',
    program: installed('/usr/bin/caddy'),
    args: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
    file: ({ port, cert, key, service }) =>
      `{\n\tadmin off\n\tauto_https off\n}\n${told('caddy', service).replace(
        /^https:.*\{$/m,
        `https://127.0.0.1:${port} {\n\ttls ${cert} ${key}`,
      )}`,
  },
];
for (const { name, program } of PROXIES)
  if (program === null)
    console.warn(`SKIPPED: behind ${name}: it is not installed (apt-get install nginx-light caddy)`);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

describe.skipIf(CHROMIUM === null).each(PROXIES.filter(({ program }) => program !== null))(
  'behind $name with TLS, mounted below /lifeline/',
  ({ program, args, file }) => {
    const place = mkdtempSync(join(tmpdir(), 'lifeline-proxy-'));
    let desk: BrowserHarness;
    let proxy: ChildProcess;
    let url = '';
    beforeAll(async () => {
      desk = await BrowserHarness.start({ LIFELINE_TRUSTED_PROXIES: '127.0.0.1' });
      const { cert, key } = new Authority(place).issue('localhost');
      const port = await freePort();
      url = `https://127.0.0.1:${port}/lifeline/`;
      mkdirSync(join(place, 'tmp'));
      const written = join(place, 'proxy.conf');
      writeFileSync(written, file({ place, port, cert, key, service: new URL(desk.service.url).host }));
      proxy = spawn(program as string, args(written, place), {
        stdio: ['ignore', 'inherit', 'ignore'],
        env: { PATH: process.env.PATH, HOME: place, XDG_DATA_HOME: place },
      });
      const answers = () =>
        fetch(url).then(
          () => true,
          // It is there, and its authority is unknown to us.
          (cause: Error) => /certificate/.test(String((cause.cause as Error | undefined)?.message)),
        );
      await eventually(answers);
      await desk.gas('GAS-1', 60);
    }, 60_000);
    afterAll(async () => {
      proxy?.kill('SIGTERM');
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
      expect(cookie).toMatchObject({ secure: true, httpOnly: true, path: '/lifeline/' });
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
      const asked = () =>
        page.evaluate(() => performance.getEntriesByType('resource').map((r) => new URL(r.name).pathname));
      // The browser writes down what it asked for a moment after the page has the answer.
      await expect.poll(asked).toContain('/lifeline/api/v1/orders');
      expect((await asked()).filter((p) => !p.startsWith('/lifeline/'))).toEqual([]);
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
