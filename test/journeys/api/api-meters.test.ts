import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SERVICE_FILE, SERVICE_TEXT } from '../../../scripts/grafana-dashboards.ts';
import { METER_WORDS } from '../../../src/wire/http/meter-words.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';

const ROOT = join(import.meta.dirname, '../../..');
const RULES = join(ROOT, 'dashboards/prometheus/lifeline-rules.yml');
const promtool = (args: readonly string[], input = '') => {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
};
const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;
if (!hasPromtool) console.warn('SKIPPED: promtool (Debian: prometheus) is not installed');

/** Meters that somebody's text names, without what Prometheus adds to a histogram's. */
const named = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/\b(?:lifeline_|(?=process_))([a-z][a-z_]+)\b/g)].map(([, name]) =>
      (name as string).replace(/_(bucket|sum|count)$/, ''),
    ),
  );

describe('what /metrics tells', () => {
  let edge: EdgeHarness;
  let text: string;
  beforeAll(async () => {
    edge = await EdgeHarness.open();
    await edge.raise('GAS-1');
    ({ text } = await edge.ask('metrics', { token: null }));
  });
  afterAll(() => edge.close());

  test.skipIf(!hasPromtool)(
    'is as Prometheus would have it, also of what has not been counted yet',
    async () => {
      const { meters } = edge.flow;
      for (const name of Object.keys(METER_WORDS)) {
        if (new RegExp(`^# TYPE \\S*${name} `, 'm').test(text)) continue;
        if (name.endsWith('_total')) meters.count(name);
        else meters.set(name, 1);
      }
      const all = (await edge.ask('metrics', { token: null })).text;
      expect(all.match(/^# TYPE /gm)).toHaveLength(Object.keys(METER_WORDS).length);
      expect(promtool(['check', 'metrics'], all)).toEqual({ status: 0, said: '' });
      const spoiled = text.replace(/^# HELP lifeline_alarms_open .*\n/m, '');
      expect(promtool(['check', 'metrics'], spoiled).said).toContain('no help text');
    },
  );

  test('is ours by its name, or every service’s', () => {
    const names = text.match(/^# TYPE \S+/gm) ?? [];
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) expect(name).toMatch(/^# TYPE (lifeline|process)_/);
  });

  test('says how long a packet took to be durable and to be an alarm', () => {
    for (const of of ['publish_durable', 'publish_alert', 'turn', 'commit']) {
      const count = new RegExp(`^lifeline_${of}_seconds_count (\\d+)$`, 'm').exec(text)?.[1];
      expect(Number(count), of).toBeGreaterThan(0);
      expect(text).toContain(`lifeline_${of}_seconds_bucket{le="+Inf"} ${count}\n`);
    }
  });
});

describe('what Prometheus and Grafana are given', () => {
  test.skipIf(!hasPromtool)('are rules that Prometheus takes', () => {
    const { status, said } = promtool(['check', 'rules', '--lint-fatal', RULES]);
    expect([status, said]).toEqual([0, expect.stringContaining('11 rules found')]);
  });

  test.skipIf(!hasPromtool)(
    'ring when the service is gone, cannot write, or reaches nobody, and not otherwise',
    () => {
      const { status, said } = promtool([
        'test',
        'rules',
        join(ROOT, 'dashboards/prometheus/lifeline-rules.test.yml'),
      ]);
      expect([status, said]).toEqual([0, expect.stringContaining('SUCCESS')]);
    },
  );

  test('name meters that there are', () => {
    for (const text of [readFileSync(RULES, 'utf8'), SERVICE_TEXT]) {
      const names = named(text.replaceAll('lifeline_watch', ''));
      expect(names.size).toBeGreaterThan(8);
      expect([...names].filter((name) => !(name in METER_WORDS))).toEqual([]);
    }
  });

  test('the dashboard is as it is written by npm run docs', () => {
    expect(readFileSync(join(ROOT, 'dashboards/grafana/prometheus', SERVICE_FILE), 'utf8')).toBe(
      SERVICE_TEXT,
    );
  });
});
