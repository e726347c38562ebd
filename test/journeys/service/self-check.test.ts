import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { readConfig } from '../../../src/config/read.ts';
import { Authority } from '../../support/certificates.ts';
import { eventually } from '../../support/eventually.ts';

const PASSWORD = 'Korrekt-Pferd-9';
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lifeline-self-check-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Whatever certificate it has. */
function text(url: string): Promise<string> {
  const get = url.startsWith('https:') ? https.get : http.get;
  return new Promise((resolve, reject) => {
    get(url, { rejectUnauthorized: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (c: Buffer) => chunks.push(c));
      answer.on('end', () => resolve(String(Buffer.concat(chunks))));
    }).on('error', reject);
  });
}

async function meters(url: string): Promise<Map<string, number>> {
  const lines = (await text(`${url}/metrics`)).split('\n').filter((l) => l !== '' && !l.startsWith('#'));
  return new Map(
    lines.map((l) => [l.slice(0, l.lastIndexOf(' ')), Number(l.slice(l.lastIndexOf(' ') + 1))] as const),
  );
}

test.each([
  ['devices need a key', {}],
  ['anybody on this machine may publish', { LIFELINE_MQTT_ANONYMOUS: 'true' }],
  ['HTTPS', 'tls'],
  [
    'hard limits',
    { LIFELINE_MQTT_DEVICE_RATE: '1', LIFELINE_MQTT_DEVICE_CONNECTIONS: '1', LIFELINE_HTTP_RATE: '1' },
  ],
] as const)(
  'the probe goes in by MQTT and comes out by WebSocket: %s',
  async (_, how) => {
    // One that ends soon has an alarm from the start.
    const valid = ['200101000000Z', '491231235959Z'] as const;
    const pair = how === 'tls' ? new Authority(dir).issue('localhost', 'localhost', { valid }) : null;
    const lines: string[] = [];
    const say = (msg: string, fields: object = {}) => void lines.push(`${msg} ${JSON.stringify(fields)}`);
    const app = createApp({
      config: readConfig({
        LIFELINE_DATA_DIR: join(dir, 'data'),
        LIFELINE_HTTP_PORT: '0',
        LIFELINE_MQTT_PORT: '0',
        LIFELINE_ADMIN_PASSWORD: PASSWORD,
        LIFELINE_PROBE_SECONDS: '1',
        ...(how === 'tls' ? {} : how),
        ...(pair === null
          ? {}
          : { LIFELINE_HTTP_TLS_CERT_FILE: pair.cert, LIFELINE_HTTP_TLS_KEY_FILE: pair.key }),
      }),
      log: { info: say, warn: say, error: say },
      consoleDir: null,
      version: 'test',
    });
    const { http: url } = await app.start();
    try {
      const m = await eventually(async () => {
        const now = await meters(url);
        return (now.get('lifeline_mqtt_packets_total{qos="1"}') ?? 0) >= 8 && now;
      }, 40_000);
      // Several have gone in; on a busy machine one may have taken its time, and no three in a row.
      expect(lines.filter((l) => l.includes('self-check has failed'))).toEqual([]);
      expect(m.get('lifeline_live_clients')).toBe(1);
      expect(m.get('lifeline_probe_age_seconds')).toBeLessThan(5);
      expect(m.get('lifeline_journal_seq')).toBe(0);
      expect(JSON.parse(await text(`${url}/readyz`))).toMatchObject({ status: 'ready', selfCheck: 'ok' });
    } finally {
      await app.stop();
    }
  },
  60_000,
);
