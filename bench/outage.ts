import { fork } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hasInfluxd } from '../test/support/influxd.ts';
import { FAULTS, type Fault, type Outage, type OutageOptions, outage } from './outage/run.ts';
import { table, tenths, thousands } from './tables.ts';

const HELP = `npm run outage -- [options]      历史库中断试验：真实服务、真实 influxd（1.x，须已安装），仅用回环地址，自行结束

  The real service at a steady rate against a real influxd: a while without a fault as the baseline, then the fault,
  then recovery; then every acknowledged reading is looked for in the store.

  --fault KIND      killed | hung | 503 | flapping (every 5 s); may be given more than once (killed)
  --all             all four, side by side, each with a service and a store of its own
  --minutes N       how long the fault lasts (10)
  --baseline N      minutes before it (a third of it, from 0.5 to 3)
  --rate N          readings a second, of one service (1000)
  --sensors N       MQTT connections that send them (100)
  --json FILE       figures as JSON

  Exit code 0: every acknowledged reading is stored, once. 1: not so, or the run failed. Bounds of the promise:
  p99 during the fault at most 1.5 x the baseline's, backlog drained at 5 x the live rate or more; side by side on
  few cores the runs disturb each other, so take latencies from one fault at a time.
`;

type Options = Omit<OutageOptions, 'fault'> & {
  readonly faults: readonly Fault[];
  readonly json: string | null;
};

function readOptions(argv: readonly string[]): Options | null {
  const { values: v } = parseArgs({
    args: [...argv],
    strict: true,
    options: {
      fault: { type: 'string', multiple: true },
      all: { type: 'boolean' },
      minutes: { type: 'string', default: '10' },
      baseline: { type: 'string' },
      rate: { type: 'string', default: '1000' },
      sensors: { type: 'string', default: '100' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (v.help === true) return null;
  const minutes = number('minutes', v.minutes, 0.1, 24 * 60);
  const baseline = v.baseline ?? String(Math.min(3, Math.max(0.5, minutes / 3)));
  return {
    faults: v.all === true ? FAULTS : (v.fault ?? ['killed']).map(asFault),
    minutes,
    baselineMinutes: number('baseline', baseline, 0.1, 60),
    rate: number('rate', v.rate, 1, 20_000),
    sensors: number('sensors', v.sensors, 1, 5_000),
    json: v.json ?? null,
  };
}

function asFault(s: string): Fault {
  const fault = FAULTS.find((f) => f === s);
  if (fault === undefined) throw new Error(`--fault ${s}: one of ${FAULTS.join(', ')} would be right`);
  return fault;
}

function number(flag: string, given: string, least: number, most: number): number {
  const n = Number(given);
  if (given.trim() !== '' && Number.isFinite(n) && n >= least && n <= most) return n;
  throw new Error(`--${flag} ${given}: a number from ${least} to ${most} would be right`);
}

const times = (n: number | null): string => (n === null ? '–' : `${n.toFixed(2)} x`);

function text(runs: readonly Outage[]): string {
  const head = ['outage', 'min', 'phase', 'PUBACK p50', 'p99', 'alarm p50', 'p99 ms'];
  const latencies = runs.flatMap((r) =>
    (['baseline', 'during', 'recovery'] as const).map((name) => [
      r.options.fault,
      String(r.options.minutes),
      name,
      tenths(r[name].ack.p50),
      tenths(r[name].ack.p99),
      tenths(r[name].alarm.p50),
      tenths(r[name].alarm.p99),
    ]),
  );
  const sums = runs.map((r) => [
    r.options.fault,
    thousands(r.acknowledged),
    thousands(r.stored),
    r.unequal.length === 0 && r.stored === r.acknowledged ? 'exact' : `${r.unequal.length} points differ`,
    times(r.ratio.ackP99),
    times(r.ratio.alarmP99),
    tenths(r.drainSeconds),
    times(r.drainTimesLive),
  ]);
  const sumHead = [
    'outage',
    'acknowledged',
    'stored',
    '',
    'PUBACK p99',
    'alarm p99',
    'drained in s',
    'x live rate',
  ];
  return `\n${table([head, ...latencies])}\n\n${table([sumHead, ...sums])}\n`;
}

/** Each in a process of its own: one that measures nothing else meanwhile. */
async function inProcesses(o: Options): Promise<Outage[]> {
  const dir = await mkdtemp(join(tmpdir(), 'outage-'));
  try {
    return await Promise.all(
      o.faults.map(async (fault) => {
        const json = join(dir, `${fault}.json`);
        const { minutes, baselineMinutes, rate, sensors } = o;
        const flags = { fault, minutes, baseline: baselineMinutes, rate, sensors, json };
        const args = Object.entries(flags).flatMap(([k, v]) => [`--${k}`, String(v)]);
        const child = fork(fileURLToPath(import.meta.url), args, {
          env: { ...process.env, OUTAGE_QUIET: '1' },
        });
        const stop = () => child.kill('SIGTERM');
        process.once('SIGTERM', stop).once('SIGINT', stop);
        const code = await new Promise((resolve) => child.once('exit', resolve));
        const report = await readFile(json, 'utf8').catch(() => null);
        if (report === null) throw new Error(`the run of ${fault} ended with ${code} before it had figures`);
        return (JSON.parse(report) as { runs: [Outage] }).runs[0];
      }),
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  let o: Options | null;
  try {
    o = readOptions(process.argv.slice(2));
  } catch (e) {
    process.stderr.write(`${e instanceof Error ? e.message : String(e)}\n\n${HELP}`);
    return 2;
  }
  if (o === null) {
    say(HELP);
    return 0;
  }
  if (!hasInfluxd()) {
    process.stderr.write('influxd (InfluxDB 1.x) is not installed here: apt-get install influxdb\n');
    return 2;
  }
  const [only] = o.faults;
  const runs =
    o.faults.length === 1 && only !== undefined
      ? [await outage({ ...o, fault: only }, say)]
      : await inProcesses(o);
  if (process.env.OUTAGE_QUIET === undefined) say(text(runs));
  for (const r of runs) for (const line of r.unequal.slice(0, 5)) say(`${r.options.fault}: ${line}`);
  if (o.json !== null) await writeFile(o.json, `${JSON.stringify({ runs }, null, 2)}\n`);
  return runs.every((r) => r.unequal.length === 0 && r.stored === r.acknowledged) ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (e: unknown) => {
    process.stderr.write(`outage: ${e instanceof Error ? e.message : String(e)}\n`);
    process.exit(1);
  },
);
