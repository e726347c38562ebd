import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limitConnections, sparedOf } from '../../../src/adapters/console-http/edge/connection-limit.ts';
import { FlowHarness } from '../../flow/flow-harness.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';
import { eventually } from '../../support/eventually.ts';

/** A request exactly as written: `fetch` would tidy the path before sending it. */
function raw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.on('error', reject);
  });
}

const get = (edge: EdgeHarness, path: string) =>
  raw(edge.url, `GET ${path} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n`);

describe('what is not right at all', () => {
  let edge: EdgeHarness;
  beforeAll(async () => {
    edge = await EdgeHarness.open();
  });
  afterAll(() => edge.close());

  const as = (path: string, init: RequestInit = {}) =>
    edge.fetch(path, {
      ...init,
      headers: { authorization: `Bearer ${edge.token}`, ...(init.headers as Record<string, string>) },
    });
  const json = { 'content-type': 'application/json' };

  test.each([
    ['GET', '/api/v1/nothing', {}, 404, 'not-found'],
    ['GET', '/nothing.txt', {}, 404, 'not-found'],
    ['GET', '/api/v1/live', {}, 426, 'upgrade-needed'],
    ['PUT', '/api/v1/points/P-1', {}, 405, 'method-not-allowed'],
    ['DELETE', '/livez', {}, 405, 'method-not-allowed'],
    ['GET', '/api/v1/points/%zz', {}, 400, 'bad-url'],
    ['GET', `/api/v1/points/${'x'.repeat(200)}`, {}, 400, 'bad-url'],
    ['GET', '/api/v1/points/%2e%2e%2fx', {}, 400, 'bad-url'],
    ['POST', '/api/v1/telemetry', { body: '{', headers: json }, 400, 'not-json'],
    ['POST', '/api/v1/telemetry', { headers: json }, 400, 'not-json'],
    ['POST', '/api/v1/telemetry', {}, 400, 'not-json'],
    ['POST', '/api/v1/telemetry', { body: Buffer.from([0x22, 0xff, 0x22]), headers: json }, 400, 'not-utf8'],
    [
      'POST',
      '/api/v1/telemetry',
      { body: 'x', headers: { 'content-type': 'text/csv' } },
      415,
      'unsupported-media-type',
    ],
    [
      'POST',
      '/api/v1/telemetry',
      { body: '<a/>', headers: { 'content-type': 'text/xml' } },
      415,
      'unsupported-media-type',
    ],
    ['POST', '/api/v1/register/import', { body: '{}', headers: json }, 415, 'unsupported-media-type'],
    ['POST', '/api/v1/assets', { body: `"${'x'.repeat(70_000)}"`, headers: json }, 413, 'too-large'],
    ['POST', '/api/v1/telemetry', { body: `"${'x'.repeat(9_000_000)}"`, headers: json }, 413, 'too-large'],
  ] as [string, string, RequestInit, number, string][])(
    '%s %s is a problem with a code',
    async (method, path, init, status, code) => {
      const told = await as(path, { method, ...init });
      expect([told.status, told.json?.code], told.text).toEqual([status, code]);
      expect(told.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(told.json).toMatchObject({
        type: `urn:lifeline:problem:${code}`,
        status,
        title: expect.any(String),
      });
      if (status === 405) expect(told.headers.get('allow')).toBeTruthy();
    },
  );

  test.each([
    [
      'a token that is none',
      '/api/v1/points',
      { authorization: 'Bearer llt_0000000000' },
      'en',
      /token is not known/,
    ],
    ['the same in Chinese', '/api/v1/points', { authorization: 'Bearer llt_0000000000' }, 'zh', /令牌无效/],
    [
      'a session that has ended',
      '/api/v1/points',
      { cookie: 'lifeline_session=0000000000' },
      'zh',
      /会话已结束/,
    ],
    ['nothing shown', '/api/v1/points', {}, 'zh', /^请先登录$/],
    ['a WebSocket that a proxy has cut down', '/api/v1/live', {}, 'en', /proxy_set_header Upgrade/],
  ] as const)('%s is told what would be right', async (_, path, headers, language, says) => {
    const told = await edge.fetch(path, { headers: { 'accept-language': language, ...headers } });
    expect(told.json.detail).toMatch(says);
  });

  test('a form of body is told which one would do, and a proxy that hides our name is told so, in the log too', async () => {
    const form = await as('/api/v1/assets', {
      method: 'POST',
      body: 'a=b',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-language': 'en' },
    });
    expect(form.json.detail).toMatch(/should be application\/json/);

    const ask = (origin: string) =>
      edge.fetch('/api/v1/session', {
        method: 'POST',
        body: '{}',
        headers: { ...json, origin, 'accept-language': 'en' },
      });
    for (let i = 0; i < 2; i++)
      expect((await ask('https://watch.city.example')).json.detail).toMatch(
        /proxy_set_header Host \$http_host.*LIFELINE_TRUSTED_ORIGINS=https:\/\/watch\.city\.example/,
      );
    const said = edge.lines.filter(({ fields }) => fields.origin === 'https://watch.city.example');
    expect(said.map(({ fields }) => String(fields.help))).toEqual([
      expect.stringMatching(/proxy_set_header Host/),
    ]);
    // Somebody who makes origins up fills no log.
    for (let i = 0; i < 80; i++) await ask(`https://made-up-${i}.example`);
    expect(edge.lines.filter(({ fields }) => String(fields.origin).includes('made-up')).length).toBeLessThan(
      60,
    );
  });

  test('a query given twice is told so, not guessed', async () => {
    const told = await as('/api/v1/alarms?state=open&state=closed');
    expect([told.status, told.json.errors[0].at]).toEqual([400, 'query.state']);
  });

  const POST = 'POST /api/v1/session HTTP/1.1\r\nHost: x\r\n';
  test.each([
    ['nonsense', 'NONSENSE\r\n\r\n', 400, 'not-http'],
    ['no CR', 'GET /livez HTTP/1.1\nHost: x\n\n', 400, 'not-http'],
    [
      'a length and chunks',
      `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n`,
      400,
      'not-http',
    ],
    ['two lengths', `${POST}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`, 400, 'not-http'],
    ['an unknown coding', `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 400, 'not-http'],
    ['a folded header', 'GET /livez HTTP/1.1\r\nHost: x\r\n X: y\r\n\r\n', 400, 'not-http'],
    ['a NUL in the address', 'GET /l\0ivez HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'not-http'],
    [
      'a head of 40 kB',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`,
      431,
      'head-too-large',
    ],
  ])(
    'what is no HTTP, %s, is one problem, is in the audit journal, and the next request is served',
    async (_what, text, status, code) => {
      const before = edge.audit.kept.length;
      const told = await raw(edge.url, text);
      expect(told.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`]);
      expect(told).toContain(`"code":"${code}"`);
      expect(edge.audit.kept.slice(before)).toContainEqual(
        expect.objectContaining({ what: 'http.other', outcome: 'refused', why: code }),
      );
      expect((await as('/livez')).status).toBe(200);
    },
  );

  test('somebody who is gone before they are answered leaves a whole entry, with where they came from', async () => {
    const { hostname, port } = new URL(edge.url);
    const before = edge.audit.kept.length;
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `${POST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n`,
      );
      socket.end('0\r\n\r\n', () => socket.resetAndDestroy());
    });
    await eventually(async () => edge.audit.kept.length > before);
    expect(edge.audit.kept.at(-1)).toMatchObject({ outcome: 'refused', why: 'not-json', from: '127.0.0.1' });
    const made = await edge.ask('createAccount', { body: { account: 'afterwards', name: 'x' } });
    expect(made.status).toBe(201);
  });

  test('connections of one address are bounded, and its leaving makes room', async () => {
    const turned: string[] = [];
    const server = createServer((_request, answer) => answer.end('served'));
    limitConnections(server, {
      atMost: 2,
      spared: () => false,
      turnedAway: (address) => turned.push(address),
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const dial = () => connect(port, '127.0.0.1').on('error', () => undefined);
    const held = [dial(), dial()];
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    await once(dial().resume(), 'close');
    expect(turned).toEqual(['127.0.0.1']);
    held[0]?.destroy();
    await eventually(
      async () => (await fetch(`http://127.0.0.1:${port}/`).catch(() => null))?.status === 200,
    );
    held[1]?.destroy();
    server.close();
    server.closeAllConnections();
  });

  test.each([
    ['127.0.0.1', true],
    ['::ffff:127.0.0.9', true],
    ['::1', true],
    ['10.0.0.5', true],
    ['10.1.7.7', true],
    ['10.2.0.1', false],
    ['2001:db8::1', false],
  ])('whether %s stands for many: %s', (address, spared) => {
    expect(sparedOf(['10.0.0.5', '10.1.0.0/16'])(address)).toBe(spared);
  });

  test('`__proto__` and `constructor` are only strange names', async () => {
    const body =
      '{"code":"P-9","name":"x","lifeline":"gas","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    const told = await as('/api/v1/points', { method: 'POST', body, headers: json });
    expect(told.status).toBe(400);
    for (const path of [
      '/api/v1/points/__proto__',
      '/api/v1/points/constructor',
      '/api/v1/latest?lifeline=constructor',
    ]) {
      expect([200, 404]).toContain((await as(path)).status);
    }
    const attributes = '{"code":"P-9","name":"x","lifeline":"gas","attributes":{"__proto__":"x","a":"b"}}';
    expect((await as('/api/v1/points', { method: 'POST', body: attributes, headers: json })).status).toBe(
      201,
    );
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('a name in the log stays one field of one line', async () => {
    const account = 'x"}\n{"msg":"forged';
    await edge.ask('login', { token: null, body: { account, password: 'p' } });
    expect(edge.lines.at(-1)?.fields.account).toBe(account);
  });

  test('every answer carries what keeps a browser safe, and none says what we are made of', async () => {
    for (const path of ['/', '/docs', '/livez', '/api/v1/me', '/api/v1/nothing']) {
      const { headers } = await as(path);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'self'; (?!.*unsafe)/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
    }
    expect((await as('/api/v1/me')).headers.get('cache-control')).toBe('no-store');
  });
});

describe('a fault of ours', () => {
  test('is said to be ours, and nothing of it; the log has the rest', async () => {
    const edge = await EdgeHarness.open();
    try {
      edge.flow.history.raw = async () => {
        throw new Error('secret /var/lib/lifeline at line 1');
      };
      await edge.raise('GAS-1');
      const ask = { params: { code: 'GAS-1' }, query: { metric: 'ch4' } };
      const told = await edge.ask('readings', ask);
      expect([told.status, told.json.code]).toEqual([500, 'internal']);
      expect(told.text).not.toMatch(/secret|\.ts|at /);
      const csv = await edge.ask('readingsCsv', ask);
      expect([csv.status, csv.json.code]).toEqual([500, 'internal']);
      const line = edge.lines.find((l) => l.msg === 'a request met a fault of ours');
      expect(String(line?.fields.stack)).toContain('secret');
    } finally {
      await edge.close();
    }
  });

  test('in the journal is a 503 to whoever wants something kept, and the service is not ready', async () => {
    let broken = false;
    const edge = await EdgeHarness.open({
      hooks: {
        before: () => {
          if (broken) throw new Error('disk full');
        },
      },
    });
    try {
      await edge.raise('GAS-1');
      const [alarm] = edge.flow.open();
      broken = true;
      const act = () =>
        edge.ask('acknowledge', {
          params: { id: alarm?.id ?? '' },
          body: { seenRevision: 1, commandId: 'c' },
        });
      for (const told of [await act(), await act()]) {
        expect([told.status, told.json.code]).toEqual([503, 'journal-failed']);
      }
      const pushed = await edge.ask('telemetry', {
        body: { lifeline: 'gas', device: 'G', values: { ch4: 1 } },
      });
      expect([pushed.status, pushed.json.code]).toEqual([503, 'journal-failed']);
      const made = await edge.ask('createPoint', { body: { code: 'P', name: 'p', lifeline: 'gas' } });
      expect([made.status, made.json.code]).toEqual([503, 'journal-failed']);
      expect((await edge.ask('readyz', { token: null })).status).toBe(503);
      expect((await edge.ask('livez', { token: null })).status).toBe(200);
      expect((await edge.ask('metrics', { token: null })).text).toContain('journal_ok 0');
      // What was durable can still be read.
      expect((await edge.ask('alarms')).json.items[0].phase).toBe('active-unacked');
    } finally {
      await edge.close();
    }
  });

  test('in the history store does not make the service unready: intake goes on', async () => {
    const edge = await EdgeHarness.open();
    try {
      Object.defineProperty(edge.flow.drain, 'state', { get: () => 'failing' });
      const told = await edge.ask('readyz', { token: null });
      expect([told.status, told.json]).toMatchObject([200, { status: 'ready', history: 'failing' }]);
    } finally {
      await edge.close();
    }
  });
});

describe('meters', () => {
  test('are Prometheus text, and a strange name cannot break it', async () => {
    const edge = await EdgeHarness.open();
    try {
      await edge.raise('GAS-1');
      edge.flow.meters.count('odd name\nforged 1');
      edge.flow.meters.count('odd{label="a"b"}');
      const { text, headers } = await edge.ask('metrics', { token: null });
      expect(headers.get('content-type')).toContain('text/plain; version=0.0.4');
      for (const line of text.trimEnd().split('\n')) {
        expect(line).toMatch(
          /^(# TYPE [a-z_]+ (counter|gauge|histogram)|# HELP [a-z_]+ [A-Z0-9].+\.|[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[\d.e+]+)$/,
        );
      }
      expect(text).toContain('lifeline_alarms_open{level="1",acknowledged="no"} 1');
      expect(text).not.toContain('odd');
      expect((await edge.ask('metrics', { token: null })).text).toContain(
        'lifeline_http_requests_total{route="metrics",status="2xx"} 1',
      );
    } finally {
      await edge.close();
    }
  });
});

describe('the console page', () => {
  let edge: EdgeHarness;
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lifeline-console-'));
    await mkdir(join(dir, 'dist/assets'), { recursive: true });
    await writeFile(join(dir, 'secret.txt'), 'SECRET');
    await writeFile(join(dir, 'dist/.env'), 'SECRET');
    await writeFile(join(dir, 'dist/index.html'), '<!doctype html><title>duty</title>');
    await writeFile(join(dir, 'dist/assets/app-1a2b3c.js'), 'export {};');
    edge = await EdgeHarness.open({ consoleDir: join(dir, 'dist') });
  });
  afterAll(async () => {
    await edge.close();
    await rm(dir, { recursive: true, force: true });
  });

  const html = { headers: { accept: 'text/html' } };

  test('is served at /, and at every address of its own', async () => {
    for (const path of ['/', '/alarms/A-1', '/alarms/A.b-1.x', '/rules/gas.ch4.limit', '/map?x=1']) {
      const told = await edge.fetch(path, html);
      expect([told.status, told.text]).toEqual([200, '<!doctype html><title>duty</title>']);
      expect(told.headers.get('cache-control')).toBe('no-cache');
      expect(told.headers.get('etag')).toBeTruthy();
    }
  });

  test('loads from as many folders up as its address is deep, and is not sent again to who has it', async () => {
    await writeFile(join(dir, 'dist/index.html'), '<script src="./assets/app-1a2b3c.js"></script>');
    for (const [path, up] of [
      ['/map', './'],
      ['/alarms/A-1', '../'],
      ['/a/b/c?x=1/2', '../../'],
    ] as const) {
      const told = await edge.fetch(path, html);
      expect(told.text).toBe(`<script src="${up}assets/app-1a2b3c.js"></script>`);
      const again = { accept: 'text/html', 'if-none-match': told.headers.get('etag') ?? '' };
      expect((await edge.fetch(path, { headers: again })).status).toBe(304);
    }
    await writeFile(join(dir, 'dist/index.html'), '<!doctype html><title>duty</title>');
    expect((await edge.fetch('/help')).headers.get('location') ?? '').toMatch(/help\/$/);
  });

  test('is not what a program gets that asks for something else', async () => {
    expect((await edge.fetch('/alarms/A-1')).status).toBe(404);
    expect((await edge.fetch('/api/v1/nothing', html)).json.code).toBe('not-found');
    expect((await edge.fetch('/assets/gone-1.js', html)).json.code).toBe('not-found');
    expect((await edge.fetch('/.env', html)).json.code).toBe('not-found');
    expect((await edge.fetch('/..%2fsecret.txt', html)).status).not.toBe(200);
    expect((await edge.fetch('/alarms', { ...html, method: 'POST' })).status).toBe(404);
  });

  test('has files named after their content, which browsers keep', async () => {
    const { headers, status } = await edge.fetch('/assets/app-1a2b3c.js');
    expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
    const etag = headers.get('etag') ?? '';
    // By hand: `fetch` turns a conditional request into one that must not be answered from a cache.
    const again = (name: string) =>
      raw(edge.url, `GET ${name} HTTP/1.1\r\nHost: x\r\nIf-None-Match: ${etag}\r\nConnection: close\r\n\r\n`);
    expect(await again('/assets/app-1a2b3c.js')).toMatch(/^HTTP\/1\.1 304 /);
    expect(await again('/')).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/assets/%2e%2e%5c%2e%2e%5csecret.txt',
    '/....//secret.txt',
    '//etc/passwd',
    '/%00/../secret.txt',
    '/.env',
    '/docs/ui/../../../package.json',
    '/docs/ui/%2e%2e%2fpackage.json',
  ])('nothing outside its folder, and no dotfile, can be asked for: %s', async (path) => {
    const answer = await get(edge, path);
    expect(answer).toMatch(/^HTTP\/1\.1 (200|30\d|400|403|404) /);
    expect(answer).not.toMatch(/SECRET|root:|"dependencies"/);
  });
});

test('without a built console there is a page that says how to build it', async () => {
  const edge = await EdgeHarness.open();
  try {
    const told = await edge.fetch('/', { headers: { accept: 'text/html' } });
    expect(told.status).toBe(200);
    expect(told.text).toContain('npm start');
  } finally {
    await edge.close();
  }
});

test('a stop ends in its time, also when a client keeps its connection and another never gets its answer', async () => {
  const flow = await FlowHarness.begin();
  const edge = await EdgeHarness.open({ flow });
  const { hostname, port } = new URL(edge.url);
  await edge.fetch('/livez'); // leaves a connection open for the next request
  edge.flow.spoolBound = 0;
  const { intake } = edge.service;
  const arrived = new Promise<void>((resolve) => {
    Object.assign(edge.service, {
      intake: (...given: Parameters<typeof intake>) => {
        intake(...given);
        resolve();
      },
    });
  });
  const hanging = new Promise<string>((resolve) => {
    const asked = request({
      hostname,
      port,
      path: '/api/v1/telemetry',
      method: 'POST',
      headers: { authorization: `Bearer ${edge.token}`, 'content-type': 'application/json' },
    });
    asked.on('error', (e) => resolve((e as NodeJS.ErrnoException).code ?? ''));
    asked.end('{"lifeline":"gas","device":"G","values":{"ch4":1}}');
  });
  await arrived;
  const began = performance.now();
  await edge.close();
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(await hanging).toBe('ECONNRESET');
});
