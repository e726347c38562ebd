import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { Fill } from '../../bench/history/fill.ts';
import { readOptions } from '../../bench/options.ts';
import type { Report } from '../../bench/report.ts';
import { decodeSpool } from '../../src/wire/files/spool.ts';
import { hasInfluxd } from '../support/influxd.ts';

test('the stores are filled with as many readings as asked, at instants of their own, within whole days', () => {
  const fill = new Fill(30_000, 1_000, Date.UTC(2026, 5, 1, 12));
  const seen = new Set<string>();
  let told = 0;
  for (const { body, readings } of fill.turns()) {
    told += readings;
    for (const r of decodeSpool(body).readings) {
      expect(r.observedAt).toBeGreaterThanOrEqual(Date.UTC(2026, 4, 2));
      expect(r.observedAt).toBeLessThan(Date.UTC(2026, 5, 1));
      seen.add(`${r.point} ${r.observedAt}`);
    }
  }
  expect([told, seen.size]).toEqual([30_000, 30_000]);
});

test('filling stores is only done when it is asked for', () => {
  expect(readOptions([])?.parts).not.toContain('history');
  expect(() => readOptions(['--readings', '5'])).toThrow('30000');
  expect(() => readOptions(['--store-memory', 'much'])).toThrow('256MB');
});

test('one command fills, charts and forgets, on every store that is there', {
  timeout: 240_000,
}, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'bench-smoke-'));
  try {
    const json = join(dir, 'report.json');
    const args = ['bench/main.ts', '--only', 'history', '--readings', '30000', '--json', json];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 220_000 });
    const { history } = JSON.parse(readFileSync(json, 'utf8')) as Report;
    expect(history?.stores).toHaveLength(hasInfluxd() ? 2 : 1);
    if (!hasInfluxd()) expect(stdout).toContain('influxd is not installed');
    for (const { charts, readings, retention } of history?.stores ?? []) {
      expect([readings, retention.days]).toEqual([30_000, 1]);
      expect(retention.meanwhile.writes).toBeGreaterThan(0);
      // One reading a day and point: what a chart of a day and of a month has.
      expect(charts.map((c) => c.rows)).toEqual([1, 30]);
      for (const c of charts) expect(Math.min(c.p50, c.floorP50)).toBeGreaterThan(0);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
