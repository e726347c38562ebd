import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JournalSqlite } from '../../src/adapters/journal-sqlite/index.ts';
import { eventually } from '../support/eventually.ts';
import { hasInfluxd, Influxd } from '../support/influxd.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { run, start } from './run.ts';
import { makeEmptyService } from './stock-dir.ts';

const DAY = 86_400_000;
const START = Math.floor((Date.now() - 3 * DAY) / 1_000) * 1_000;
const iso = (t: number) => new Date(t).toISOString();

describe.skipIf(!hasInfluxd())('stock data where the store is InfluxDB (needs influxd)', () => {
  test('what is imported is in its database, comes out the same, and twice changes nothing', {
    timeout: 180_000,
  }, async () => {
    const home = mkdtempSync(join(tmpdir(), 'stock-influx-'));
    const influxd = await Influxd.start();
    try {
      const dataDir = join(home, 'data');
      await makeEmptyService(dataDir, 3);
      const env = {
        LIFELINE_DATA_DIR: dataDir,
        LIFELINE_INFLUX_URL: influxd.url,
        LIFELINE_INFLUX_VERSION: '1',
        LIFELINE_INFLUX_BUCKET: 'stock',
      };
      const count = async () => {
        const [answer] = await influxd.query('SELECT count(ch4) FROM gas', 'stock');
        return answer?.series?.[0]?.values[0]?.[1];
      };
      const rows = Array.from(
        { length: 6_000 },
        (_, i) => `GAS-${(i % 3) + 1},${iso(START + Math.floor(i / 3) * 1_000)},${(i % 500) / 10}`,
      );
      const path = join(home, 'long.csv');
      writeFileSync(path, `point,time,ch4\n${rows.join('\n')}\n`);
      const exported = async (name: string) => {
        const to = join(home, name);
        const done = await run('export', ['--to', to, '--from', iso(START - DAY)], env);
        expect([done.code, done.err]).toEqual([0, '']);
        return readFileSync(to, 'utf8');
      };

      const first = await run('import', ['readings', path], env);
      expect([first.code, first.out]).toEqual([0, expect.stringContaining('6,000')]);
      expect(await count()).toBe(6_000);
      const csv = await exported('first.csv');
      expect(csv.trim().split('\n')).toHaveLength(6_001);
      const lines = await exported('first.lp');

      expect((await run('import', ['readings', path, '--again'], env)).code).toBe(0);
      expect(await count()).toBe(6_000);
      expect(await exported('again.csv')).toBe(csv);

      expect((await run('import', ['readings', join(home, 'first.lp')], env)).code).toBe(0);
      expect(await count()).toBe(6_000);
      expect(await exported('again.lp')).toBe(lines);
    } finally {
      await influxd.stop();
      rmSync(home, { recursive: true, force: true });
    }
  });

  test('what it will never take stands in the loss ledger of the stopped service, and the rest is stored', {
    timeout: 120_000,
  }, async () => {
    const home = mkdtempSync(join(tmpdir(), 'stock-refused-'));
    const influxd = await Influxd.start();
    try {
      await influxd.query('CREATE DATABASE stock');
      // Somebody has used the name before, for text.
      await fetch(`${influxd.url}/write?db=stock&precision=ms`, {
        method: 'POST',
        body: `gas,point=OTHER h2s="none" ${START}`,
      });
      const dataDir = join(home, 'data');
      await makeEmptyService(dataDir, 1);
      const path = join(home, 'long.csv');
      const rows = Array.from({ length: 20 }, (_, i) => {
        const at = iso(START + i * 1_000);
        return `GAS-1,${at},ch4,1\nGAS-1,${at},h2s,2`;
      });
      writeFileSync(path, `point,time,metric,value\n${rows.join('\n')}\n`);
      await run('import', ['readings', path], {
        LIFELINE_DATA_DIR: dataDir,
        LIFELINE_INFLUX_URL: influxd.url,
        LIFELINE_INFLUX_VERSION: '1',
        LIFELINE_INFLUX_BUCKET: 'stock',
      });
      const [answer] = await influxd.query('SELECT count(ch4) FROM gas', 'stock');
      expect(answer?.series?.[0]?.values[0]?.[1]).toBe(20);
      const journal = new JournalSqlite({ dir: dataDir });
      await journal.recover();
      const { items } = await journal.losses({}, 10, null);
      await journal.close();
      expect(items.map((l) => [l.cause, l.point, l.metric, l.n])).toEqual([
        ['store-refused', 'GAS-1', 'h2s', 20],
      ]);
    } finally {
      await influxd.stop();
      rmSync(home, { recursive: true, force: true });
    }
  });
});

describe('stock data', { timeout: 180_000 }, () => {
  let home: string;
  let dataDir: string;
  const env = () => ({ LIFELINE_DATA_DIR: dataDir });
  const file = (name: string, text: string | Uint8Array): string => {
    const path = join(home, name);
    writeFileSync(path, text);
    return path;
  };

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'stock-'));
    dataDir = join(home, 'data');
    await makeEmptyService(dataDir, 3);
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  async function exported(name: string, dir = dataDir): Promise<string> {
    const to = join(home, name);
    const done = await run('export', ['--to', to, '--from', iso(START - DAY), '--data-dir', dir]);
    expect(done.err).toBe('');
    expect(done.code).toBe(0);
    return readFileSync(to, 'utf8');
  }

  test('an import that is killed goes on where it was, and a second run changes nothing', async () => {
    const rows = Array.from(
      { length: 200_000 },
      (_, i) => `GAS-${(i % 3) + 1},${iso(START + Math.floor(i / 3) * 1_000)},${(i % 500) / 10}`,
    );
    rows[150_000] = 'GAS-9,2026,x';
    const path = file('long.csv', `point,time,ch4\n${rows.join('\n')}\n`);

    const first = start('import', ['readings', path], env());
    const imports = join(dataDir, 'imports');
    await eventually(
      async () => existsSync(imports) && readdirSync(imports).some((n) => n.endsWith('.json')),
      60_000,
    );
    first.kill('SIGKILL');
    expect((await first.ended).code).toBeNull();

    const second = await run('import', ['readings', path], env());
    expect(second.err).toContain('going on after line');
    expect(second.err).toMatch(/\d+ %.*rows\/s/);
    expect(second.out).toContain('200,000');
    // What the killed run had stored says nothing of this one's pace.
    expect(second.out).toMatch(/rows\/s, 其中 [\d,]+ 行先前已导入/);
    expect(second.code).toBe(1);
    expect(readFileSync(`${path}.errors.csv`, 'utf8').trim().split('\n')).toHaveLength(2);
    const stored = await exported('after.csv');
    expect(stored.trim().split('\n')).toHaveLength(1 + 199_999);

    const third = await run('import', ['readings', path], env());
    expect([third.code, third.out]).toEqual([0, expect.stringContaining('nothing was changed')]);
    await run('import', ['readings', path, '--again'], env());
    expect(await exported('again.csv')).toBe(stored);
  });

  // Without the memory flag of `npm run import` this file took 475 MiB and a million rows 600: garbage that nobody holds,
  // for which V8 makes room on a large machine.
  test('a large file takes no more memory than a small one, but for the store’s own cache', async () => {
    const rows = Array.from(
      { length: 300_000 },
      (_, i) => `GAS-${(i % 3) + 1},${iso(START + Math.floor(i / 3) * 1_000)},${(i % 500) / 10}`,
    );
    const done = await run(
      'import',
      ['readings', file('large.csv', `point,time,ch4\n${rows.join('\n')}\n`)],
      env(),
    );
    expect(done.code).toBe(0);
    const [, peak] = /memory at most (\d+) MiB/.exec(done.out) ?? [];
    expect(Number(peak)).toBeGreaterThan(50);
    expect(Number(peak)).toBeLessThan(400);
  });

  test.each(['csv', 'lp'])(
    'what is exported as %s is the same readings in another, empty service',
    async (kind) => {
      const t = (s: number) => iso(START + s * 1_000);
      const path = file(
        'a.csv',
        [
          '监测点编码,指标编码,时间(UTC),数值,数据质量,质量原因,补传',
          `GAS-1,ch4,${t(0)},0.1,正常,,`,
          `GAS-1,ch4,${t(1)},9999,,,`,
          `GAS-1,ch4,${t(2)},-5.25,,,是`,
          `GAS-1,ch4,${t(3)},41.7,存疑,异常跳变,`,
          `GAS-2,temp,${t(0)},1e-7,,,`,
          `GAS-2,temp,${t(4)},,无效,非数值,是`,
        ].join('\r\n'),
      );
      expect((await run('import', ['readings', path], env())).code).toBe(0);
      const before = await exported('before.csv');
      expect(before).toContain('故障码');
      expect(before).toContain('超出量程');
      expect(before).toContain('异常跳变');
      await exported(`out.${kind}`);

      const other = join(home, 'other');
      await makeEmptyService(other, 3);
      const brought = await run('import', ['readings', join(home, `out.${kind}`), '--data-dir', other]);
      expect([brought.code, brought.out]).toEqual([0, expect.stringMatching(/readings: 6,/)]);
      expect(await exported('there.csv', other)).toBe(before);
    },
  );

  test('through a service that is serving, old readings raise no alarm, also after a restart', async () => {
    const rows = Array.from({ length: 600 }, (_, i) => `GAS-1,${iso(Date.now() - 3_600_000 + i * 1_000)},80`);
    const path = file('high.csv.gz', gzipSync(`point,time,ch4\n${rows.join('\n')}\n`));
    let service = await ServiceProcess.start(dataDir);
    try {
      const done = await run('import', ['readings', path], env());
      expect(done.out).toContain('through the running service');
      expect(done.code).toBe(0);
      for (const restarted of [false, true]) {
        if (restarted) {
          await service.kill();
          service = await ServiceProcess.start(dataDir);
        }
        const client = await service.client();
        const readings = await client.get<{ items: unknown[] }>(
          '/points/GAS-1/readings?metric=ch4&limit=1000',
        );
        expect(readings.items).toHaveLength(600);
        const alarms = await client.all<{ ruleId?: string; metric?: string }>('/alarms?state=all');
        expect(alarms.filter((a) => a.metric === 'ch4')).toEqual([]);
      }
    } finally {
      await service.stop();
    }
  });

  test('bad rows lose no good one, and are told with row and reason; a dry run writes nothing', async () => {
    const path = file(
      'bad.csv',
      [
        '点位编码;采集时间;甲烷浓度(ppm);备注',
        `GAS-1;${iso(START)};1000;`,
        `GAS-1;"${iso(START + 1_000)};1`,
        `阀井2;${iso(START + 2_000)};2500,5;"a;b"`,
        `GAS-1;gestern;1;`,
        `NOWHERE;${iso(START)};1;`,
        `GAS-3;${iso(Date.now() + 2 * DAY)};1;`,
        `GAS-3;${iso(START)};abc;`,
      ].join('\n'),
    );
    const dry = await run('import', ['readings', path, '--dry-run'], env());
    expect(dry.out).toContain('rows: 7, 其中有误 bad: 5');
    expect(dry.out).toContain('NOWHERE ×1');
    expect(existsSync(join(dataDir, 'imports'))).toBe(false);
    expect(existsSync(`${path}.errors.csv`)).toBe(false);

    expect((await run('import', ['readings', path], env())).code).toBe(1);
    const errors = readFileSync(`${path}.errors.csv`, 'utf8').trim().split('\r\n');
    expect(errors.slice(1).map((l) => Number(l.split(',')[0]))).toEqual([3, 5, 6, 7, 8]);
    const stored = await exported('stored.csv');
    expect(stored).toContain(',2,正常');
    expect(stored).toContain(',5.001,正常');
    expect(stored.trim().split('\n')).toHaveLength(3);
  });

  test('a file of Chinese Excel is told for what it is, and read when its encoding is named', async () => {
    // 监测点编码,时间,甲烷浓度 in GBK
    const heading = Buffer.from('bce0b2e2b5e3b1e0c2eb2ccab1bce42cbcd7cde9c5a8b6c8', 'hex');
    const path = file('gbk.csv', Buffer.concat([heading, Buffer.from(`\nGAS-1,${iso(START)},1.5\n`)]));
    const refused = await run('import', ['readings', path], env());
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('--encoding gb18030')]);
    expect((await run('import', ['readings', path, '--encoding', 'gb18030'], env())).code).toBe(0);
  });

  test('what cannot be begun is refused in words', async () => {
    const told = async (...args: string[]) => {
      const { code, err } = await run('import', args, env());
      return [code, err];
    };
    expect(await told('readings')).toEqual([2, expect.stringContaining('one file')]);
    expect(await told('readings', join(home, 'none.csv'))).toEqual([
      2,
      expect.stringContaining('cannot be opened'),
    ]);
    expect(await told('readings', file('x.csv', 'a,b\n1,2\n'))).toEqual([
      1,
      expect.stringContaining('missing in the heading'),
    ]);
    expect(await told('readings', file('y.csv', ''))).toEqual([1, expect.stringContaining('is empty')]);
    const nowhere = ['readings', file('z.csv', 'point,time,ch4\n'), '--data-dir', join(home, 'nowhere')];
    expect(await told(...nowhere)).toEqual([2, expect.stringContaining('journal.sqlite')]);
  });
});
