import { describe, expect, test } from 'vitest';
import { openapi, problemCodesOf } from '../../src/wire/http/documents/openapi.ts';
import { statusOf } from '../../src/wire/http/problems.ts';
import type { RouteSpec } from '../../src/wire/http/route.ts';
import { ROUTES } from '../../src/wire/http/routes.ts';
import { asyncapi } from '../../src/wire/live/asyncapi.ts';
import { alarmEventKind, liveFrame } from '../../src/wire/live/live.ts';

type Json = { [key: string]: Json };
const api = openapi('1.2.3') as Json;
const LISTENING = {
  mqtt: '10.0.0.7:1883',
  mqtts: '10.0.0.7:8883',
  live: { host: 'watch.example', isTls: true },
  anonymous: false,
};
const events = asyncapi('1.2.3', LISTENING) as Json;

function danglingRefs(document: Json): string[] {
  const dangling: string[] = [];
  const walk = (x: unknown): void => {
    if (typeof x !== 'object' || x === null) return;
    const ref = (x as { $ref?: unknown }).$ref;
    if (typeof ref === 'string') {
      const target = ref
        .replace(/^#\//, '')
        .split('/')
        .reduce<unknown>((at, key) => (at as Json | undefined)?.[key], document);
      if (target === undefined) dangling.push(ref);
    }
    Object.values(x).forEach(walk);
  };
  walk(document);
  return dangling;
}

describe('/openapi.json', () => {
  test('is OpenAPI 3.1 whose every reference leads somewhere', () => {
    expect(api.openapi).toBe('3.1.0');
    expect(danglingRefs(api)).toEqual([]);
    expect(danglingRefs({ ...api, components: {} } as Json)).not.toEqual([]);
  });

  test.each(Object.entries(ROUTES) as [string, RouteSpec][])('describes %s', (name, route) => {
    const operation = api.paths?.[route.path]?.[route.method.toLowerCase()];
    expect(operation?.operationId).toBe(name);
    const answers = operation?.responses as Json;
    expect(answers[route.answer.status]).toBeDefined();
    for (const code of problemCodesOf(route)) {
      expect(String(answers[statusOf(code)]?.description)).toContain(`\`${code}\``);
    }
    const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
    const described = ((operation?.parameters ?? []) as unknown as Json[])
      .filter((p) => String(p.in) === 'path')
      .map((p) => String(p.name));
    expect(described).toEqual(inPath);
  });

  test('has no operation beyond the table, and no two of one name', () => {
    const described = Object.entries(api.paths ?? {}).flatMap(([path, methods]) =>
      Object.keys(methods).map((m) => `${m.toUpperCase()} ${path}`),
    );
    const table = (Object.values(ROUTES) as RouteSpec[]).map((r) => `${r.method} ${r.path}`);
    expect(described.sort()).toEqual(table.sort());
    expect(new Set(table).size).toBe(table.length);
  });

  test('asks for a session everywhere under /api/v1 but at the door', () => {
    const open = (Object.values(ROUTES) as RouteSpec[])
      .filter((r) => r.path.startsWith('/api/v1/') && r.who === 'anybody')
      .map((r) => `${r.method} ${r.path}`);
    // A platform shows who it is by the signature of what it pushes.
    expect(open).toEqual([
      'POST /api/v1/session',
      'GET /api/v1/session/notice',
      'POST /api/v1/doors/{mapping}',
      'GET /api/v1/doors/{mapping}',
    ]);
  });
});

describe('/asyncapi.json', () => {
  test('is AsyncAPI 3 whose every reference leads somewhere', () => {
    expect(events.asyncapi).toBe('3.0.0');
    expect(danglingRefs(events)).toEqual([]);
  });

  test('names the servers as they are, and what they ask for', () => {
    const of = (listening: typeof LISTENING) => (asyncapi('1', listening) as { servers: unknown }).servers;
    expect(of(LISTENING)).toMatchObject({
      mqtt: { host: '10.0.0.7:1883', protocol: 'mqtt', security: [{}] },
      mqtts: { host: '10.0.0.7:8883', protocol: 'secure-mqtt', security: [{}] },
      http: { host: 'watch.example', protocol: 'wss' },
    });
    const alone = { ...LISTENING, mqtts: null as unknown as string, anonymous: true };
    expect(of(alone)).not.toHaveProperty('mqtts');
    expect(of(alone)).not.toHaveProperty('mqtt.security');
    const all = Object.values(events.channels ?? {}).map((c) => (c.servers as unknown as unknown[]).length);
    expect(new Set(all)).toEqual(new Set([1, 2]));
  });

  test('describes every topic of the interface and every frame of the live stream', () => {
    const addresses = Object.values(events.channels ?? {}).map((c) => String(c.address));
    expect(addresses.sort()).toEqual(
      [
        '/api/v1/live',
        'lifeline/v1/alarms/{level}/{areaCode}',
        'lifeline/v1/orders/{unit}',
        'lifeline/v1/warnings/{level}/{areaCode}',
        'lifeline/v1/{lifeline}/{device}/down/command',
        'lifeline/v1/{lifeline}/{device}/down/config',
        'lifeline/v1/{lifeline}/{device}/event',
        'lifeline/v1/{lifeline}/{device}/status',
        'lifeline/v1/{lifeline}/{device}/telemetry',
        'lifeline/v1/{lifeline}/{device}/up/reply',
      ].sort(),
    );
    const frames = liveFrame.options.map((o) => o.shape.type.value);
    expect(Object.keys(events.channels?.live?.messages ?? {}).sort()).toEqual([...frames, 'watch'].sort());
  });

  test('names every kind of event that an alarm can have', () => {
    const text = JSON.stringify(events);
    for (const kind of alarmEventKind.options) expect(text).toContain(`"${kind}"`);
  });
});
