import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildConsole } from '../../../scripts/build-console.ts';
import { run } from '../../commands/run.ts';
import { eventually } from '../../support/eventually.ts';
import { PASSWORD, ServiceProcess } from '../../support/service-process.ts';
import { CHROMIUM } from '../pages/browser-harness.ts';
import { launch, logIn, type Visit, visit } from '../pages/page-browser.ts';

const OWN = '341602';
const FOREIGN = '341621';
/** Runs if any page ever takes a name for markup. */
const MARKUP = `<img src=x onerror="window.robbed=1"><script>window.robbed=1</script>`;
const FORGED = 'x\n{"time":"now","level":"info","msg":"forged"}\r\n\u009b2J\u202e';

type Entry = {
  readonly who: string | null;
  readonly what: string;
  readonly object: string | null;
  readonly outcome: 'done' | 'refused';
  readonly why: string | null;
};
type Told = { readonly status: number; readonly text: string };

// Criterion 3 of issue 6: the service as it is started, with the tools that an attacker has
describe('somebody with curl, mosquitto’s clients and a browser', () => {
  const dir = mkdtempSync(join(tmpdir(), 'attackers-'));
  let service: ServiceProcess;
  let browser: Browser | null = null;
  const visits: Visit[] = [];
  let elsewhere: Server;
  let output = '';
  let founder = '';
  let auditor = '';
  let operator = '';
  let raised = '';
  const secrets = new Map<string, string>();

  const curl = async (path: string, args: readonly string[] = []): Promise<Told> => {
    const url = service.url + path;
    const child = spawn('curl', ['-s', '-g', '--path-as-is', '-w', '\n%{http_code}', ...args, url]);
    let text = '';
    child.stdout.on('data', (d) => (text += d));
    await once(child, 'close');
    const end = text.lastIndexOf('\n');
    return { status: Number(text.slice(end + 1)), text: text.slice(0, end) };
  };
  const cookie = (token: string) => ['-H', `Cookie: lifeline_session=${token}`];
  const bearer = (token: string) => ['-H', `Authorization: Bearer ${token}`];
  const json = (body: unknown) => [
    '-H',
    'Content-Type: application/json',
    '--data-binary',
    typeof body === 'string' ? body : JSON.stringify(body),
  ];
  const enter = async (account: string, password: string): Promise<string> => {
    const told = await curl('/api/v1/session', json({ account, password }));
    expect(told.status, told.text).toBe(200);
    return JSON.parse(told.text).token;
  };
  const person = async (account: string, roles: string[], areas: string[] | null = null): Promise<string> => {
    const made = await curl('/api/v1/accounts', [
      ...bearer(founder),
      ...json({ account, name: account, roles, areas }),
    ]);
    expect(made.status, made.text).toBe(201);
    const first = await enter(account, JSON.parse(made.text).oneTimeCode);
    await curl('/api/v1/me/password', [...bearer(first), ...json({ next: PASSWORD })]);
    return enter(account, PASSWORD);
  };
  const mosquitto = async (program: 'pub' | 'sub', args: readonly string[]): Promise<number | null> => {
    const child = spawn(`mosquitto_${program}`, [
      '-h',
      service.mqttHost,
      '-p',
      `${service.mqttPort}`,
      ...args,
    ]);
    child.stdout.resume();
    child.stderr.resume();
    const [code] = (await once(child, 'close')) as [number | null];
    return code;
  };
  const as = (user: string, secret = secrets.get(user) ?? '', id = user) => [
    '-u',
    user,
    '-P',
    secret,
    '-i',
    id,
  ];
  const send = (topic: string, payload = '{"values":{"ch4":1}}') => ['-q', '1', '-t', topic, '-m', payload];
  const topic = (area: string, kind = 'telemetry') => `lifeline/v1/gas/D-${area}/${kind}`;

  /** Everything refused so far, as the auditor reads it. */
  const refusals = async (): Promise<readonly Entry[]> => {
    const all: Entry[] = [];
    let after = '';
    do {
      const told = await curl(`/api/v1/audit?outcome=refused&limit=1000${after}`, bearer(auditor));
      expect(told.status, told.text.slice(0, 300)).toBe(200);
      const page = JSON.parse(told.text) as { items: Entry[]; next: string | null };
      all.push(...page.items);
      after = page.next === null ? '' : `&after=${page.next}`;
    } while (after !== '');
    return all;
  };
  /** The attempt is made, and there is one entry more of just that. */
  const audited = async <T>(expected: Partial<Entry>, attempt: () => Promise<T>): Promise<T> => {
    const count = async () =>
      (await refusals()).filter((e) => Object.entries(expected).every(([k, v]) => e[k as keyof Entry] === v))
        .length;
    const before = await count();
    const told = await attempt();
    await eventually(async () => (await count()) > before).catch(async () => {
      const near = (await refusals()).slice(0, 5);
      throw new Error(
        `not in the audit journal: ${JSON.stringify(expected)}; newest: ${JSON.stringify(near)}`,
      );
    });
    return told;
  };
  const page = async (): Promise<Visit> => {
    const v = await visit(browser as Browser, service.url);
    visits.push(v);
    return v;
  };

  beforeAll(async () => {
    await buildConsole();
    service = await ServiceProcess.start(dir, {
      LIFELINE_MQTT_ANONYMOUS: 'false',
      LIFELINE_HTTP_RATE: '2000',
    });
    service.child.stdout?.on('data', (d) => (output += d));
    service.child.stderr?.on('data', (d) => (output += d));
    if (CHROMIUM !== null) browser = await launch(CHROMIUM);
    founder = await enter('admin', PASSWORD);
    const quoted = `"${MARKUP.replaceAll('"', '""')}"`;
    const register = `kind,code,name,parent,lifeline,area,asset,point
area,3416,亳州市,,,,,
area,${OWN},谯城区,3416,,,,
area,${FOREIGN},涡阳县,3416,,,,
${[OWN, FOREIGN].map((a) => `asset,W-${a},${quoted},,gas,${a},,\npoint,P-${a},${quoted},,gas,${a},W-${a},\ndevice,D-${a},,,gas,,,P-${a}`).join('\n')}
`;
    const imported = await curl('/api/v1/register/import', [
      ...bearer(founder),
      '-H',
      'Content-Type: text/csv',
      '--data-binary',
      register,
    ]);
    expect(JSON.parse(imported.text)).toMatchObject({ failed: 0 });
    auditor = await person('auditor', ['auditor']);
    operator = await person('li', ['operator'], [OWN]);
    const issued = await run('device', [
      'add',
      `D-${OWN}`,
      `D-${FOREIGN}`,
      'system:far',
      '--csv',
      '--data-dir',
      dir,
    ]);
    for (const line of issued.out.trim().split('\n').slice(1)) {
      const [code, secret] = line.split(',') as [string, string];
      secrets.set(code, secret);
    }
    expect(await mosquitto('pub', [...as(`D-${OWN}`), ...send(topic(OWN), '{"values":{"ch4":60}}')])).toBe(0);
    raised = await eventually(async () => {
      const told = await curl('/api/v1/alarms', bearer(operator));
      return (JSON.parse(told.text).items as { id: string }[])[0]?.id ?? null;
    });
    elsewhere = createServer((_request, answer) =>
      answer.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>prize</title>'),
    );
    elsewhere.listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
  }, 120_000);
  afterAll(async () => {
    elsewhere?.close();
    await browser?.close();
    expect(await service.stop()).toBe(0);
    rmSync(dir, { recursive: true, force: true });
  });

  describe('with curl', () => {
    test('without a key: out', async () => {
      const told = await audited({ what: 'register.points', why: 'no-session' }, () =>
        curl('/api/v1/points'),
      );
      expect(told.status).toBe(401);
    });

    test('with a tampered cookie: out', async () => {
      const last = founder.at(-1) === 'A' ? 'B' : 'A';
      const told = await audited({ what: 'alarms.alarms', why: 'no-session' }, () =>
        curl('/api/v1/alarms', cookie(founder.slice(0, -1) + last)),
      );
      expect(told.status).toBe(401);
    });

    test('with a session that has ended: out', async () => {
      const token = await enter('li', PASSWORD);
      await curl('/api/v1/session', ['-X', 'DELETE', ...bearer(token)]);
      const told = await audited({ what: 'register.devices', why: 'no-session' }, () =>
        curl('/api/v1/devices', cookie(token)),
      );
      expect(told.status).toBe(401);
    });

    test('with a revoked token: out', async () => {
      const made = await curl('/api/v1/tokens', [
        ...bearer(founder),
        ...json({ name: 'wall', role: 'wall', expiresAt: null }),
      ]);
      const { token } = JSON.parse(made.text);
      expect((await curl('/api/v1/rules', bearer(token))).status).toBe(200);
      await curl('/api/v1/tokens/wall', ['-X', 'DELETE', ...bearer(founder)]);
      const told = await audited({ what: 'rules.rules', why: 'no-session' }, () =>
        curl('/api/v1/rules', bearer(token)),
      );
      expect(told.status).toBe(401);
    });

    test.each([
      ['a point', `/api/v1/points/P-${FOREIGN}`, 'register.point'],
      ['its readings', `/api/v1/points/P-${FOREIGN}/readings?metric=ch4`, 'readings.readings'],
      ['an export of them', `/api/v1/points/P-${FOREIGN}/readings.csv`, 'readings.readingsCsv'],
      ['one among others', `/api/v1/readings.csv?points=P-${FOREIGN}`, 'readings.readingsOfPointsCsv'],
    ])('of another district, %s: not there', async (_what, path, what) => {
      const told = await audited({ what, why: 'foreign-area', who: 'li' }, () =>
        curl(path, bearer(operator)),
      );
      expect(told.status).toBe(404);
      expect(told.text).not.toContain('onerror');
    });

    test('for more than one’s role gives: refused', async () => {
      const body = json('{"account":"eve","name":"eve","__proto__":{"roles":["auditor"]}}');
      const told = await audited({ what: 'accounts.createAccount', why: 'not-permitted', who: 'li' }, () =>
        curl('/api/v1/accounts', [...bearer(operator), ...body]),
      );
      expect(told.status).toBe(403);
    });

    test.each([
      '{"account":"eve","name":"eve","__proto__":{"roles":["auditor"]}}',
      '{"account":"eve","name":"eve","constructor":{"prototype":{"roles":["auditor"]}}}',
      '{"__proto__":{"account":"eve","name":"eve"}}',
    ])('with a poisoned prototype, %s: refused', async (body) => {
      const told = await audited({ what: 'accounts.createAccount', why: 'invalid', who: 'admin' }, () =>
        curl('/api/v1/accounts', [...bearer(founder), ...json(body)]),
      );
      expect(told.status).toBe(400);
      expect((await curl('/api/v1/accounts', bearer(founder))).text).not.toContain('eve');
    });

    test.each([`' OR '1'='1`, `admin'--`, FORGED, MARKUP, '=HYPERLINK("http://evil")'])(
      'calling themselves %j: out',
      async (account) => {
        const told = await audited({ what: 'session.login', outcome: 'refused' }, () =>
          curl('/api/v1/session', json({ account, password: account })),
        );
        expect([400, 401, 429]).toContain(told.status);
      },
    );

    test.each([
      `lifeline=${encodeURIComponent(`gas' OR 1=1 --`)}`,
      `area=${encodeURIComponent('3416; DROP TABLE entry')}`,
      `limit=${encodeURIComponent('1 UNION SELECT 1')}`,
      `after=${encodeURIComponent(`x' OR 'y'='y`)}&state=${encodeURIComponent('all"}')}`,
    ])('asking %s: refused', async (query) => {
      const told = await audited({ what: 'alarms.alarms', outcome: 'refused', who: 'admin' }, () =>
        curl(`/api/v1/alarms?${query}`, bearer(founder)),
      );
      expect(told.status, told.text).toBe(400);
    });

    test.each([
      '/../../../../../../etc/passwd',
      '/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
      '/assets/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd',
      '/assets/..%5c..%5c..%5cpackage.json',
      '/docs/ui/..%2f..%2f..%2fpackage.json',
      '/api/v1/points/..%2f..%2f..%2fetc%2fpasswd/readings.csv',
      '/api/v1/points/..%2fD-341602/readings.csv',
      '/audit.db%00.css',
    ])('climbing out by %s: refused', async (path) => {
      const told = await audited({ why: 'path-traversal', object: `GET ${path}` }, () =>
        curl(path, bearer(founder)),
      );
      expect(told.status).toBe(400);
      expect(told.text).not.toMatch(/root:|"dependencies"/);
    });

    test('with a body that is no JSON, is too large, or is something else: refused', async () => {
      const login = '/api/v1/session';
      for (const [why, args] of [
        ['not-json', json('{"account":')],
        ['too-large', json({ account: 'x'.repeat(100_000) })],
        ['unsupported-media-type', ['-H', 'Content-Type: application/xml', '--data-binary', '<!DOCTYPE a>']],
      ] as const) {
        const told = await audited({ what: 'http.login', why }, () => curl(login, args));
        expect([400, 413, 415]).toContain(told.status);
      }
    });

    test('with the duty officer’s cookie and another site’s name: refused, also for the live stream', async () => {
      const origin = ['-H', 'Origin: https://evil.example'];
      const path = `/api/v1/alarms/${raised}/note`;
      const told = await audited({ what: 'alarms.note', why: 'foreign-origin', who: 'li' }, () =>
        curl(path, [...cookie(operator), ...origin, ...json({ text: 'x', commandId: 'c-evil' })]),
      );
      expect(told.status).toBe(403);
      const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
      const live = [...upgrade, 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='].flatMap((h) => ['-H', h]);
      for (const [why, args, status] of [
        ['foreign-origin', [...cookie(operator), ...origin], 403],
        ['no-session', [], 401],
      ] as const) {
        const stream = await audited({ what: 'live.join', why }, () =>
          curl('/api/v1/live', ['-m', '10', ...live, ...args]),
        );
        expect(stream.status).toBe(status);
      }
    });
  });

  describe('with mosquitto’s clients', () => {
    const me = `D-${OWN}`;
    test.each<[string, string, () => readonly string[], string | null]>([
      ['without a credential', 'credential', () => ['-i', me, ...send(topic(OWN))], null],
      ['with a wrong secret', 'credential', () => [...as(me, 'a'.repeat(32)), ...send(topic(OWN))], me],
      [
        'calling themselves SQL',
        'credential',
        () => [...as(`' OR '1'='1`, 'x', 'y'), ...send(topic(OWN))],
        `' OR '1'='1`,
      ],
      [
        'calling themselves a line of the log',
        'credential',
        () => [...as(FORGED.replaceAll('\u009b', ''), 'x', 'y'), ...send(topic(OWN))],
        null,
      ],
      [
        'with a stolen secret as another client',
        'client-id-not-own',
        () => [...as(me, undefined, `D-${FOREIGN}`), ...send(topic(OWN))],
        null,
      ],
      [
        'with a stolen secret for another device',
        'topic-forbidden',
        () => [...as(me), ...send(topic(FOREIGN))],
        `device:${me}`,
      ],
      [
        'with a topic that is a line of InfluxDB',
        'topic-forbidden',
        () => [...as(me), ...send('lifeline/v1/gas/x value=1 1/telemetry')],
        `device:${me}`,
      ],
      [
        'with an alarm of its own making',
        'topic-forbidden',
        () => [...as(me), ...send(`lifeline/v1/alarms/1/${OWN}`)],
        `device:${me}`,
      ],
      [
        'as a system that publishes',
        'topic-forbidden',
        () => [...as('system:far'), ...send(topic(OWN))],
        'system:far',
      ],
    ])(
      '%s: refused',
      async (_what, why, args, who) => {
        const code = await mosquitto('pub', args());
        // One entry a minute for each kind and name: made before in this minute, it is there all the same.
        await eventually(async () =>
          (await refusals()).some(
            (r) => r.what === 'mqtt.offence' && r.why === why && (who === null || r.who === who),
          ),
        );
        expect(code).not.toBe(0);
      },
      60_000,
    );

    test('listening to everything, to the broker, to another’s commands: refused', async () => {
      await audited(
        { what: 'mqtt.offence', why: 'subscription-forbidden', who: `device:${me}` },
        async () => {
          for (const filter of ['#', '$SYS/#', `lifeline/v1/gas/D-${FOREIGN}/down/#`, 'lifeline/v1/alarms/#'])
            await mosquitto('sub', [...as(me), '-t', filter, '-W', '2']);
        },
      );
    }, 60_000);

    test('with a revoked secret: out', async () => {
      await run('device', ['revoke', `D-${FOREIGN}`, '--data-dir', dir]);
      const code = await audited({ what: 'mqtt.offence', why: 'credential', who: `D-${FOREIGN}` }, () =>
        mosquitto('pub', [...as(`D-${FOREIGN}`), ...send(topic(FOREIGN))]),
      );
      expect(code).toBe(4);
    });

    test.each([
      '{"__proto__":{"values":{"ch4":99}},"values":{"ch4":1}}',
      '{"values":{"__proto__":{"ch4":99}}}',
      '{"values":{"ch4,evil=1 value":1}}',
      `{"values":{"${'x'.repeat(5_000)}":1}}`,
      MARKUP,
      FORGED,
    ])('a payload %j changes nothing but the list of what was set aside', async (payload) => {
      expect(await mosquitto('pub', [...as(me), ...send(topic(OWN), payload)])).toBe(0);
      expect(({} as { values?: unknown }).values).toBeUndefined();
      expect((await curl('/readyz')).status).toBe(200);
    });
  });

  describe.skipIf(CHROMIUM === null)('with a browser', () => {
    test('markup in names, notes, reasons and payloads is text wherever the console shows it', async () => {
      for (const text of [
        MARKUP,
        `javascript:window.robbed=1`,
        `{{constructor.constructor('window.robbed=1')()}}`,
      ])
        expect(
          (
            await curl(`/api/v1/alarms/${raised}/note`, [
              ...bearer(operator),
              ...json({ text, commandId: `x-${text.length}` }),
            ])
          ).status,
        ).toBe(200);
      const v = await page();
      await logIn(v.page, 'li', PASSWORD);
      await v.page.locator('[data-link=live]').waitFor();
      await v.page.getByText('onerror').first().waitFor();
      await v.page.goto(`${service.url}/alarms/${raised}`);
      await v.page.getByText('constructor.constructor').first().waitFor();
      expect(await v.page.locator('img[src=x]').count()).toBe(0);
      expect(await v.page.evaluate(() => (globalThis as { robbed?: number }).robbed)).toBeUndefined();
      expect(v.faults).toEqual([]);
    }, 60_000);

    test('a tampered cookie shows the log-in, and nothing of the city', async () => {
      const v = await page();
      await v.page
        .context()
        .addCookies([{ name: 'lifeline_session', value: `${operator.slice(0, -2)}xx`, url: service.url }]);
      await audited({ what: 'session.me', why: 'no-session' }, () => v.page.goto(service.url));
      await v.page.locator('input[name=password]').waitFor();
      expect(await v.page.content()).not.toContain('onerror');
    }, 60_000);

    test('another site that the duty officer has open can neither act, read nor listen with their cookie', async () => {
      const v = await page();
      await logIn(v.page, 'li', PASSWORD);
      await v.page.locator('[data-link=live]').waitFor();
      // The same machine, so that the cookie goes along: nothing but the origin tells them apart.
      const evil = await v.page.context().newPage();
      await evil.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`);
      const tried = await audited({ what: 'alarms.note', why: 'foreign-origin', who: 'li' }, () =>
        evil.evaluate(
          async ({ url, alarm }) => {
            const attempt = async (path: string, init: RequestInit) => {
              try {
                return await (await fetch(url + path, { credentials: 'include', ...init })).text();
              } catch {
                return 'kept apart';
              }
            };
            const body = JSON.stringify({ text: 'evil', commandId: 'c-csrf' });
            return [
              await attempt(`/api/v1/alarms/${alarm}/note`, { method: 'POST', mode: 'no-cors', body }),
              await attempt('/api/v1/points', {}),
            ];
          },
          { url: service.url, alarm: raised },
        ),
      );
      for (const text of tried) expect(['', 'kept apart']).toContain(text);
      const heard = await audited({ what: 'live.join', why: 'foreign-origin', who: 'li' }, () =>
        evil.evaluate(
          (url) =>
            new Promise((resolve) => {
              const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`);
              socket.onmessage = () => resolve('heard');
              socket.onclose = () => resolve('shut');
            }),
          service.url,
        ),
      );
      expect(heard).toBe('shut');
      const { text } = await curl(`/api/v1/alarms/${raised}/events`, bearer(operator));
      expect(text).not.toContain('evil');
    }, 60_000);

    test('the console cannot be put into another page’s frame', async () => {
      const told = await curl('/', ['-D', '-', '-o', '/dev/null']);
      expect(told.text).toMatch(/frame-ancestors 'none'/i);
    });
  });

  test('nothing got in, nothing crashed, and no line of the log was forged or carries a control character', async () => {
    expect((await curl('/readyz')).status).toBe(200);
    const open = JSON.parse((await curl('/api/v1/alarms', bearer(founder))).text).items as { id: string }[];
    expect(open.map((a) => a.id)).toEqual([raised]);
    expect(service.log.filter((line) => line.msg === 'forged')).toEqual([]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(output.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/g)).toBeNull();
    for (const line of output.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
    for (const secret of secrets.values()) expect(output).not.toContain(secret);
    const verified = await run('audit', ['verify', '--data-dir', dir]);
    expect(verified.code, verified.out).toBe(0);
  });
});
