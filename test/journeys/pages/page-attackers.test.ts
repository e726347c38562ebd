import mqtt from 'mqtt';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { PASSWORD } from '../../support/service-process.ts';
import { BrowserHarness, CHROMIUM } from './browser-harness.ts';
import { logIn, settled } from './page-browser.ts';

// By address and not by name, as in page-every-screen.test.ts.
const routes = new URL('../../../dashboards/console/src/screens/routes.ts', import.meta.url).href;
const { SCREENS } = (await import(routes)) as {
  SCREENS: readonly { readonly name: string; readonly path: string }[];
};

/** What some page somewhere took for its own language; all of it is a name that the register lets in. */
const POISON = [
  '<img src=x onerror="window.robbed=1">',
  '"><script>window.robbed=1</script>',
  `'><svg onload=window.robbed=1>`,
  '</textarea></title><iframe srcdoc="<script>top.robbed=1</script>">',
  'javascript:window.robbed=1//',
  '{{constructor.constructor("window.robbed=1")()}}',
  '$'.concat('{window.robbed=1}`+window.robbed=1+`'),
  '</style><style>*{display:none}</style>',
  'red;background:url(http://evil.example/x)}*{color:red',
  '&lt;img src=x onerror=window.robbed=1&gt;',
  '@import"//evil.example";[x](javascript:window.robbed=1)',
  'W'.repeat(64),
] as const;
const poison = (i: number, most = 100): string => (POISON[i % POISON.length] as string).slice(0, most);
const AREA = '341602';

// Each step needs what the one before put there.
describe.skipIf(CHROMIUM === null)('whoever may write something, in a browser of somebody else', () => {
  let desk: BrowserHarness;
  let alarms: readonly { id: string; revision: number; pointCode: string }[];
  let rule: string;
  const seen = new Set<string>();
  const wrong: string[] = [];

  beforeAll(async () => {
    desk = await BrowserHarness.start({
      LIFELINE_RULE_APPROVAL: 'two',
      LIFELINE_SHELVE_LEVEL_1: 'one-person',
      LIFELINE_ASSESS_LEVEL_1: 'one-person',
      LIFELINE_LOGIN_BANNER: poison(0),
    });
    const { api } = desk;
    const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const escaped = (text: string) =>
      text.replaceAll('%', '%25').replaceAll(';', '%3B').replaceAll('=', '%3D');
    const attributes = (i: number) =>
      cell(`${escaped(poison(i, 20)).slice(0, 40)}=${escaped(poison(i + 1))}`);
    const register = [
      'kind,code,name,parent,lifeline,area,asset,point,owner,lon,lat,crs,vendor,serial,attributes',
      `area,3416,${cell(poison(1))}`,
      `area,${AREA},${cell(poison(0))},3416`,
      ...POISON.flatMap((text, i) => [
        `asset,A-${i},${cell(text)},,gas,${AREA},,,${cell(text)},115.${780 + i},33.85,WGS-84`,
        `point,P-${i},${cell(text)},,gas,${AREA},A-${i},,,115.${780 + i},33.85,WGS-84,,,${attributes(i)}`,
        `device,P-${i},,,gas,,,P-${i},,,,,${cell(text)},${cell(text)}`,
      ]),
    ].join('\n');
    const imported = await fetch(`${desk.service.url}/api/v1/register/import`, {
      method: 'POST',
      headers: { cookie: api.cookie, 'content-type': 'text/csv' },
      body: register,
    });
    expect(await imported.json()).toMatchObject({ failed: 0 });

    await strangers();
    for (const [i] of POISON.entries()) await desk.gas(`P-${i}`, i % 3 === 0 ? 60 : 30);
    alarms = await eventually(async () => {
      const { items } = await api.get<{ items: typeof alarms }>('/alarms?lifeline=gas&limit=100');
      return items.length >= POISON.length ? items : null;
    });
    await colleagues();
  }, 60_000);
  afterAll(() => desk?.end());

  /** Who has no account at all: a device's packets, a log-in, an address. */
  async function strangers(): Promise<void> {
    for (const [i, text] of POISON.entries()) {
      const client = await mqtt.connectAsync(`mqtt://${desk.service.mqttHost}:${desk.service.mqttPort}`, {
        clientId: `${text.slice(0, 20)}-${i}`,
        username: text,
        password: text,
        reconnectPeriod: 0,
      });
      const own = `lifeline/v1/gas/P-${i}`;
      const packets: readonly [string, unknown][] = [
        [`${own}/telemetry`, text],
        [`${own}/telemetry`, { values: { ch4: 1, [text]: 1 }, [text]: text }],
        [`${own}/status`, { online: text, [text]: text }],
        [`${own}/status`, { online: true, [text]: text }],
        [`${own}/event`, { code: text, level: 1, text }],
        [`${own}/event`, { code: 'cover-open', level: 3, text }],
        [`${own}/up/reply`, { id: text, ok: false, result: text }],
        [`lifeline/v1/gas/${text.replaceAll(/[+#/]/g, '')}/telemetry`, { values: { ch4: 60 } }],
        [`lifeline/v1/${text.replaceAll(/[+#/]/g, '')}/P-${i}/telemetry`, { values: { ch4: 60 } }],
      ];
      for (const [topic, payload] of packets)
        client.publish(topic, JSON.stringify(payload), { qos: 0, retain: topic.endsWith('status') });
      await client.endAsync();
      const headers = {
        'user-agent': encodeURI(text),
        'x-forwarded-for': encodeURI(text),
        referer: encodeURI(text),
        'content-type': 'application/json',
      };
      await fetch(`${desk.service.url}/api/v1/session`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ account: text, password: text }),
      });
      await fetch(`${desk.service.url}/api/v1/points/${encodeURIComponent(text)}`, { headers });
    }
  }

  /** Who has an account: reasons, notes, names. */
  async function colleagues(): Promise<void> {
    const { api } = desk;
    const done: number[] = [];
    const say = async (path: string, body: object) => done.push((await api.post(path, body)).status);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    for (const [i, { id, revision }] of alarms.entries()) {
      const commandId = `c-${i}`;
      await say(`/alarms/${id}/note`, { text: `${poison(i)}\n${poison(i + 1)}`, commandId });
      if (i % 4 === 1)
        await say(`/alarms/${id}/acknowledge`, {
          seenRevision: revision + 1,
          note: poison(i),
          commandId: `a-${i}`,
        });
      if (i % 4 === 2) await say(`/alarms/${id}/shelve`, { until, reason: poison(i), commandId: `s-${i}` });
      await say(`/alarms/${id}/assess`, { verdict: 'false', note: poison(i), commandId: `v-${i}` });
    }
    for (const [i, text] of POISON.entries()) {
      await say('/accounts', { account: `eve-${i}`, name: text.slice(0, 64), roles: ['operator'] });
      await say('/tokens', { name: text.slice(0, 64), role: 'wall', expiresAt: null });
      if (i % 4 === 3) await say(`/points/P-${i}/work-windows`, { until, reason: text });
    }
    await fetch(`${desk.service.url}/api/v1/points/P-0`, {
      method: 'PATCH',
      headers: { cookie: api.cookie, 'content-type': 'application/json' },
      body: JSON.stringify({ outOfService: { reason: poison(0) } }),
    });
    const rules = await api.get<{ items: { id: string; steps: { level: number }[] }[] }>(
      '/rules?lifeline=gas',
    );
    rule = rules.items[0]?.id ?? '';
    for (const [i, text] of POISON.entries()) {
      const answer = await fetch(`${desk.service.url}/api/v1/rules/${rule}`, {
        method: 'PUT',
        headers: { cookie: api.cookie, 'content-type': 'application/json' },
        body: JSON.stringify({
          scope: { point: `P-${i}` },
          changes: [{ level: rules.items[0]?.steps[0]?.level ?? 1, onDelayMs: 1_000 * (i + 1) }],
          reason: text,
          submit: i % 2 === 0,
        }),
      });
      done.push(answer.status);
    }
    expect(done.filter((s) => s >= 300)).toEqual([]);
    await desk.person('shen', ['auditor']);
  }

  async function look(page: Page, path: string): Promise<void> {
    await page.goto(`${desk.service.url}${path}`);
    await settled(page);
    await judge(page, path);
    for (const tab of await page.locator('main [role=tab]').all()) {
      await tab.click();
      await settled(page);
      await judge(page, `${path} ${await tab.textContent()}`);
    }
  }
  async function judge(page: Page, path: string): Promise<void> {
    const found = await page.evaluate(() => {
      for (const d of document.querySelectorAll('details')) d.open = true;
      // Nothing of this is in any template of ours.
      const made = document.querySelectorAll(
        'img[src="x"], [onerror], [onload], iframe, embed, object, base, script:not([src]), [href^="javascript:" i], [src*="evil"], [style*="evil"]',
      );
      let out: Element | null = null;
      for (const e of document.querySelectorAll('main *')) {
        if (e.getBoundingClientRect().right <= innerWidth + 1) continue;
        let scrolls = false;
        for (let p: Element | null = e; p !== null; p = p.parentElement)
          if (p.tagName !== 'MAIN' && /auto|scroll/.test(getComputedStyle(p).overflowX ?? '')) scrolls = true;
        if (!scrolls) out = e;
      }
      return {
        robbed: (globalThis as { robbed?: number }).robbed ?? null,
        made: [...made].map((e) => e.outerHTML.slice(0, 100)),
        text: document.body.textContent ?? '',
        out: out?.outerHTML.slice(0, 200) ?? null,
      };
    });
    for (const [i, text] of POISON.entries()) if (found.text.includes(text)) seen.add(`${path} ${i}`);
    if (found.robbed !== null) wrong.push(`${path}: a script ran`);
    for (const e of found.made) wrong.push(`${path}: made ${e}`);
    if (found.out !== null) wrong.push(`${path}: pushed out of sight ${found.out}`);
    if (found.text.length < 20) wrong.push(`${path}: shows nothing`);
    if (process.env.PICTURES) {
      const name = path.replaceAll(/\W+/g, '_').slice(0, 40);
      await page.screenshot({ path: `${process.env.PICTURES}/${name}.png` });
    }
  }
  async function enter(account: string): Promise<Page> {
    const page = await desk.stranger({}, desk.service.url);
    page.on('dialog', (d) => {
      wrong.push(`dialog: ${d.message()}`);
      void d.dismiss();
    });
    await logIn(page, account, PASSWORD);
    return page;
  }
  const screensWith = (i: number) => [...seen].filter((s) => s.endsWith(` ${i}`)).length;

  test('finds every screen showing what they wrote, as text', async () => {
    const page = await enter('admin');
    await page.locator('[data-link=live]').waitFor();
    const given: Record<string, string> = { id: alarms[0]?.id ?? '', code: 'P-0' };
    const paths = SCREENS.map((s) => s.path.replace(/:(\w+)[^/]*/g, (_, name: string) => given[name] ?? ''));
    for (const path of [
      ...paths.map((p) => (p.startsWith('/rules/') ? `/rules/${rule}` : p)),
      ...alarms.slice(1, 3).map((a) => `/alarms/${a.id}`),
      ...[1, 11].flatMap((i) => [`/points/P-${i}`, `/devices/P-${i}`]),
      '/trend?points=P-0,P-1,P-2',
      '/register?find=script',
      '/?wall',
    ])
      await look(page, path);
    for (const i of POISON.keys()) expect([i, screensWith(i) > 5]).toEqual([i, true]);
    expect(wrong).toEqual([]);
    expect(desk.faults).toEqual([]);
  }, 150_000);

  test('finds the auditor reading it as text, too: who tried to log in, with what, and where', async () => {
    const page = await enter('shen');
    await page.locator('[data-part=logout]').waitFor();
    for (const path of [
      '/audit',
      '/audit?outcome=refused',
      `/audit?who=${encodeURIComponent(poison(0).toLowerCase())}`,
    ])
      await look(page, path);
    expect([...seen].filter((s) => s.startsWith('/audit')).length).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
    expect(desk.faults).toEqual([]);
  }, 60_000);

  test('sends a link in vain: an address with markup, another host or a script in it shows a screen and does nothing', async () => {
    const page = await enter('admin');
    await page.locator('[data-link=live]').waitFor();
    const places = ['/alarms/', '/points/', '/devices/', '/rules/', '/nowhere/'];
    const asked = ['/register?find=', '/trend?points=', '/quarantine?device=', '/audit?who='];
    for (const [i, place] of [...places, ...asked].entries())
      await look(page, place + encodeURIComponent(poison(i % 3)));
    for (const path of [
      '//evil.example/',
      '//evil.example/%2f..',
      '/\\evil.example',
      '/?next=//evil.example',
      '/?redirect=javascript:window.robbed=1',
      '/#javascript:window.robbed=1',
    ]) {
      await look(page, path);
      expect(new URL(page.url()).host).toBe(new URL(desk.service.url).host);
    }
    expect(wrong).toEqual([]);
    expect(desk.faults).toEqual([]);
  }, 150_000);

  test('finds it as text on paper', async () => {
    const page = await enter('admin');
    await page.locator('[data-link=live]').waitFor();
    await page.emulateMedia({ media: 'print' });
    for (const path of ['/handover', `/alarms/${alarms[0]?.id}`]) await look(page, path);
    if (process.env.PICTURES) await page.pdf({ path: `${process.env.PICTURES}/paper.pdf` });
    expect(wrong).toEqual([]);
    expect(desk.faults).toEqual([]);
  }, 60_000);
});
