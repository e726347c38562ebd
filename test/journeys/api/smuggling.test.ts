import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../commands/run.ts';
import { eventually } from '../../support/eventually.ts';
import { answerTo, upgrade } from '../../support/raw.ts';
import { PASSWORD, ServiceProcess } from '../../support/service-process.ts';

type Entry = { readonly what: string; readonly who: string | null; readonly why?: string };

/** The proxy before us and we must read the same bytes as the same requests; where they may not, nothing is served. */
describe('bytes that a proxy before us may read otherwise', () => {
  const dir = mkdtempSync(join(tmpdir(), 'smuggling-'));
  let service: ServiceProcess;
  let token = '';
  let host = '';

  beforeAll(async () => {
    service = await ServiceProcess.start(dir, { LIFELINE_HTTP_RATE: '2000' });
    host = new URL(service.url).host;
    token = (await service.client()).cookie.split('=')[1] ?? '';
  }, 60_000);
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
    rmSync(dir, { recursive: true, force: true });
  });

  const refusals = async (): Promise<readonly Entry[]> => {
    const { out, err } = await run('audit', ['export', '--jsonl', '--data-dir', dir]);
    expect(err).toBe('');
    return out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(JSON.parse(line).body))
      .filter((entry) => entry.outcome === 'refused');
  };
  const statuses = (text: string) => (text.match(/HTTP\/1\.1 \d{3}/g) ?? []).map((s) => Number(s.slice(-3)));
  /** `{host}` and `{cookie}` are filled in; what is told is all that came until the service ended the connection. */
  const send = (text: string, within?: number) =>
    answerTo(
      service.url,
      text.replaceAll('{host}', `Host: ${host}`).replaceAll('{cookie}', `Cookie: lifeline_session=${token}`),
      within,
    );

  const POST = 'POST /api/v1/session HTTP/1.1\r\n{host}\r\nContent-Type: application/json\r\n';
  /** What an attacker hides behind the request that the proxy sees. */
  const HIDDEN = 'GET /livez HTTP/1.1\r\n{host}\r\n\r\n';
  const chunked = (te: string) => `${POST}${te}\r\n\r\n2\r\n{}\r\n0\r\n\r\n${HIDDEN}`;

  test.each([
    ['CL.TE', `${POST}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`],
    ['TE.CL', `${POST}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n2a\r\n${HIDDEN}\r\n0\r\n\r\n`],
    ['an unknown coding before chunks', chunked('Transfer-Encoding: xchunked, chunked')],
    ['another coding before chunks', chunked('Transfer-Encoding: gzip, chunked')],
    ['chunks twice', chunked('Transfer-Encoding: chunked, chunked')],
    ['chunks and none', chunked('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity')],
    ['a blank before the colon', chunked('Transfer-Encoding : chunked')],
    ['a vertical tab before the coding', chunked('Transfer-Encoding:\vchunked')],
    ['quotation marks round the coding', chunked('Transfer-Encoding: "chunked"')],
    ['a coding with a parameter', chunked('Transfer-Encoding: chunked;q=1')],
    ['an empty coding and a length', chunked('Transfer-Encoding:\r\nContent-Length: 2')],
    [
      'chunks in HTTP/1.0, and stay',
      chunked('Transfer-Encoding: chunked\r\nConnection: keep-alive').replace('HTTP/1.1', 'HTTP/1.0'),
    ],
    ...['+2', '-1', '2, 2', '0x2', '1_0', '99999999999999999999999', '2\r\nContent-Length: 2'].map(
      (length) => [
        `a length of ${JSON.stringify(length)}`,
        `${POST}Content-Length: ${length}\r\n\r\n{}${HIDDEN}`,
      ],
    ),
    ...['fffffffffffffffff2', '-1', '0x2', ' 2', '2 ', '2;a\n', '2;a\rX', `2;${'b'.repeat(40_000)}`].map(
      (size) => [
        `a chunk of ${JSON.stringify(size.slice(0, 20))}`,
        `${POST}Transfer-Encoding: chunked\r\n\r\n${size}\r\n{}\r\n0\r\n\r\n${HIDDEN}`,
      ],
    ),
    ['chunks by LF alone', `${POST}Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n${HIDDEN}`],
    [
      'a length behind the chunks',
      `${POST}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n${HIDDEN}`,
    ],
    ['two hosts', `GET /livez HTTP/1.1\r\n{host}\r\nHost: evil.example\r\n\r\n${HIDDEN}`],
    ['no host', `GET /livez HTTP/1.1\r\n\r\n${HIDDEN}`],
    ['an empty host', `GET /livez HTTP/1.1\r\nHost:\r\n\r\n${HIDDEN}`],
    ['a host that is more than one', `GET /livez HTTP/1.1\r\nHost: evil.example/@{host}\r\n\r\n${HIDDEN}`],
    [
      'two keys',
      `GET /livez HTTP/1.1\r\n{host}\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n${HIDDEN}`,
    ],
    ['two origins', `${POST}Origin: http://a\r\nOrigin: http://b\r\nContent-Length: 2\r\n\r\n{}${HIDDEN}`],
    ['another host’s address', `GET http://evil.example/livez HTTP/1.1\r\n{host}\r\n\r\n${HIDDEN}`],
    ['an address that hides its path', `GET http://x?/livez HTTP/1.1\r\n{host}\r\n\r\n${HIDDEN}`],
    ['no address', `OPTIONS * HTTP/1.1\r\n{host}\r\n\r\n${HIDDEN}`],
    ['a tunnel', `CONNECT 127.0.0.1:22 HTTP/1.1\r\n{host}\r\n\r\n${HIDDEN}`],
    ['an unknown expectation', `${POST}Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{}${HIDDEN}`],
    ['HTTP/0.9', `GET /livez\r\n\r\n${HIDDEN}`],
    ['HTTP/2', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${HIDDEN}`],
    ['a blank in a name', `GET /livez HTTP/1.1\r\n{host}\r\nX Y: 1\r\n\r\n${HIDDEN}`],
    ['a folded first line', `GET /livez HTTP/1.1\r\n X: y\r\n{host}\r\n\r\n${HIDDEN}`],
    ['a bare CR', `GET /livez HTTP/1.1\r\n{host}\r\nX: a\rContent-Length: 5\r\n\r\n${HIDDEN}`],
  ] as [string, string][])(
    '%s: one refusal, nothing behind it is answered, and the connection ends',
    async (_what, text) => {
      const told = await send(text);
      // A request that was refused before may have been answered first: never is anything served.
      expect(new Set(statuses(told.text)), told.text).toEqual(new Set([400]));
      expect(told.text).toContain('"code":"not-http"');
      expect(told.text).not.toContain('"ok"');
      expect(told.ended).toBe(true);
    },
  );

  test.each([
    [
      'another protocol is offered',
      'GET /livez HTTP/1.1\r\n{host}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
      [200],
    ],
    ['HTTP/1.0 without a host', 'GET /livez HTTP/1.0\r\n\r\n', [200]],
    [
      'a question has a body',
      `GET /livez HTTP/1.1\r\n{host}\r\nContent-Length: 27\r\n\r\n${'x'.repeat(27)}${HIDDEN}`,
      [200, 200],
    ],
    [
      'chunks have a note',
      `${POST}Transfer-Encoding: ChunKed\r\n\r\n2;a=b\r\n{}\r\n0\r\n\r\n${HIDDEN}`,
      [400, 200],
    ],
    [
      'leave is asked for before the body',
      `${POST}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}${HIDDEN}`,
      [100, 400, 200],
    ],
    [
      'one without a session comes first, its body a request',
      `POST /api/v1/points HTTP/1.1\r\n{host}\r\nContent-Length: 37\r\n\r\nGET /metrics HTTP/1.1\r\nHost: evil\r\n\r\n${HIDDEN}`,
      [401, 200],
    ],
  ] as [string, string, number[]][])(
    'where %s, each request has its answer',
    async (_what, text, expected) => {
      const told = await send(text, 800);
      expect(statuses(told.text), told.text).toEqual(expected);
    },
  );

  test.each([
    ['HTTP/1.0', {}, { first: 'GET /api/v1/live HTTP/1.0' }],
    ['POST', {}, { first: 'POST /api/v1/live HTTP/1.1' }],
    ['a body', { more: ['Content-Length: 5'] }, { body: 'hello' }],
    ['chunks', { more: ['Transfer-Encoding: chunked'] }, { body: '0\r\n\r\n' }],
    ['a whole address', {}, { first: 'GET http://evil.example/api/v1/live HTTP/1.1' }],
    ['two hosts', { more: ['Host: evil.example', 'Origin: https://evil.example'] }, {}],
    ['two keys of the handshake', { more: ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='] }, {}],
  ] as [string, { more?: string[] }, { first?: string; body?: string }][])(
    'the live stream does not open to %s, whoever asks',
    async (_what, { more = [] }, form) => {
      const told = await send(upgrade(service.url, ['{cookie}', ...more], form));
      expect(statuses(told.text), told.text).toEqual([400]);
      expect(told.ended).toBe(true);
    },
  );

  test('the live stream does not open where an answer is still due, for that would end up in it', async () => {
    const told = await send(
      `GET /api/v1/points HTTP/1.1\r\n{host}\r\n{cookie}\r\n\r\n${upgrade(service.url, ['{cookie}'])}`,
    );
    expect(told.text).not.toContain('101 Switching');
    expect(told.ended).toBe(true);
    expect(statuses((await send(upgrade(service.url, ['{cookie}']), 500)).text)).toEqual([101]);
  });

  describe('cookies', () => {
    const me = async (cookie: string) => {
      const answer = await fetch(`${service.url}/api/v1/me`, { headers: { cookie } });
      return answer.status;
    };

    test('one that was put beside the person’s own makes nobody of them, rather than somebody else', async () => {
      const other = (await service.client()).cookie;
      const own = `lifeline_session=${token}`;
      expect(await me(own)).toBe(200);
      for (const cookies of [
        `${own}; ${other}`,
        `${other}; ${own}`,
        `lifeline_session=; ${own}`,
        `${own}; lifeline_session=x`,
      ])
        expect(await me(cookies), cookies).toBe(401);
      expect(await me(`a=b; ${own}; ${own}`)).toBe(200);
      const told = await send(upgrade(service.url, [`{cookie}; ${other}`]));
      expect(statuses(told.text)).toEqual([401]);
    });

    test('one that was put there before the log-in is worth nothing after it', async () => {
      const planted = `lifeline_session=${'planted'.repeat(6)}`;
      const answer = await fetch(`${service.url}/api/v1/session`, {
        method: 'POST',
        headers: { cookie: planted, 'content-type': 'application/json', origin: service.url },
        body: JSON.stringify({ account: 'admin', password: PASSWORD }),
      });
      expect(answer.status).toBe(200);
      expect(answer.headers.getSetCookie()[0]).not.toContain('planted');
      expect(await me(planted)).toBe(401);
    });
  });

  test('all of it is in the audit journal, and the service goes on', async () => {
    const told = await eventually(async () => {
      const all = await refusals();
      return all.some((e) => e.what === 'live.join' && e.why === 'no-session') && all;
    });
    const of = (what: string, why: string) => told.filter((e) => e.what === what && e.why === why).length;
    expect(of('http.other', 'not-http')).toBeGreaterThanOrEqual(20);
    expect(of('http.login', 'not-http')).toBeGreaterThanOrEqual(5);
    expect(of('http.livez', 'not-http')).toBeGreaterThanOrEqual(7);
    expect(
      told.filter((e) => e.what === 'live.join' && e.why === 'not-http' && e.who === 'admin').length,
    ).toBeGreaterThanOrEqual(8);
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  });
});
