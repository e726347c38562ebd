import { parseArgs } from 'node:util';

export const PARTS = [
  'intake',
  'latency',
  'judging',
  'history',
  'told',
  'response',
  'exports',
  'doors',
  'calm',
] as const;
export type Part = (typeof PARTS)[number];

/** Without `--only`; filling stores, and receivers that fail, take minutes, and are asked for. */
const USUAL: readonly Part[] = ['intake', 'latency', 'judging'];

export type Options = {
  readonly parts: readonly Part[];
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  readonly devices: number;
  readonly window: number;
  readonly alarmsPerSecond: number;
  readonly background: number;
  readonly soakMinutes: number | null;
  readonly soakRate: number | null;
  /** Instead of the bare broker: the service without and with credentials and TLS. */
  readonly secured: boolean;
  /** Instead of the bare broker: the service with its journal in SQLite and in PostgreSQL. */
  readonly database: boolean;
  /** Instead of the bare broker: the service with its own broker, and behind Mosquitto. */
  readonly outside: boolean;
  /** What is measured on one core and the load on another one. */
  readonly apart: boolean;
  /** How many the stores are filled with. */
  readonly readings: number;
  /** DuckDB's memory_limit, where it shall not be the service's. */
  readonly storeMemory: string | null;
  /** Where exported files are left; `null`: nowhere. */
  readonly keep: string | null;
  /** Instead of everything else: whether calm still costs what it did. */
  readonly short: boolean;
  readonly json: string | null;
  readonly data: string | null;
};

export const HELP = `npm run bench -- [options]      loopback only; ends by itself; ends only what it started

  --seconds N       length of each load (10)
  --rounds N        times that bare broker and service take turns (3); the median counts
  --only PART       intake | latency | judging | history | told | response | exports | doors | calm; may be given more than once (the first three)
  --connections N   MQTT connections of the load, a sensor each (1000)
  --devices N       devices per connection (1)
  --window N        unacknowledged publishes per connection at QoS 1 (4)
  --alarms N        alarms a second while latency is measured (20)
  --background N    readings a second beside them (500)
  --soak MINUTES    instead: load at full speed, memory at minute 2 and at the end
  --soak-rate N     messages a second of the soak (as fast as the service lets us)
  --secured         intake only: the service with credentials and TLS against itself without
  --database        intake only: the service with PostgreSQL, of its own and on this machine, against itself with SQLite
  --outside         intake only: the service behind Mosquitto, of its own and on this machine, against itself with the embedded broker; what counts is what the service has taken
  --apart           intake: what is measured on the first core and the load on the second, so that what the load costs slows nothing
  --readings N      history: readings of 1,000 points over 30 days, in the embedded store and a real InfluxDB (10000000)
  --store-memory M  history: memory_limit of the embedded store, e.g. 256MB (as in the service)
  --keep DIR        exports: where the files are left, to be opened
  --short           instead: in half a minute, whether calm still costs what bench/recorded.json says; ends with 1 where it costs a quarter more
  --json FILE       figures as JSON
  --data DIR        where the service keeps its data (a new folder in the system's temporary one)
`;

const FLAGS = {
  seconds: { type: 'string', default: '10' },
  rounds: { type: 'string', default: '3' },
  only: { type: 'string', multiple: true },
  connections: { type: 'string', default: '1000' },
  devices: { type: 'string', default: '1' },
  window: { type: 'string', default: '4' },
  alarms: { type: 'string', default: '20' },
  background: { type: 'string', default: '500' },
  soak: { type: 'string' },
  'soak-rate': { type: 'string' },
  secured: { type: 'boolean', default: false },
  database: { type: 'boolean', default: false },
  outside: { type: 'boolean', default: false },
  apart: { type: 'boolean', default: false },
  readings: { type: 'string', default: '10000000' },
  'store-memory': { type: 'string' },
  keep: { type: 'string' },
  short: { type: 'boolean', default: false },
  json: { type: 'string' },
  data: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** `null`: help was asked for. Throws with one line that says what would be right. */
export function readOptions(argv: readonly string[]): Options | null {
  const { values } = parseArgs({ args: [...argv], options: FLAGS, strict: true, allowPositionals: false });
  if (values.help === true) return null;
  const parts =
    values.only?.map(asPart) ??
    (values.secured || values.database || values.outside ? (['intake'] as const) : USUAL);
  if (values.secured && (parts.length !== 1 || parts[0] !== 'intake' || values.devices !== '1'))
    throw new Error('--secured goes with --only intake, and one device per connection');
  if (values.database && (values.secured || parts.length !== 1 || parts[0] !== 'intake'))
    throw new Error('--database goes with --only intake, and not with --secured');
  if (values.outside && (values.secured || values.database || parts.length !== 1 || parts[0] !== 'intake'))
    throw new Error('--outside goes with --only intake, and with neither --secured nor --database');
  return {
    parts,
    seconds: number('seconds', values.seconds, 1, 600),
    rounds: number('rounds', values.rounds, 1, 50),
    connections: number('connections', values.connections, 1, 15_000),
    devices: number('devices', values.devices, 1, 10_000),
    window: number('window', values.window, 1, 1_000),
    alarmsPerSecond: number('alarms', values.alarms, 1, 1_000),
    background: number('background', values.background, 0, 1_000_000),
    soakMinutes: values.soak === undefined ? null : number('soak', values.soak, 3, 24 * 60),
    soakRate:
      values['soak-rate'] === undefined ? null : number('soak-rate', values['soak-rate'], 1, 1_000_000),
    secured: values.secured,
    database: values.database,
    outside: values.outside,
    apart: values.apart,
    readings: number('readings', values.readings, 30_000, 1_000_000_000),
    storeMemory: memory(values['store-memory']),
    short: values.short,
    json: values.json ?? null,
    data: values.data ?? null,
    keep: values.keep ?? null,
  };
}

function asPart(s: string): Part {
  const part = PARTS.find((p) => p === s);
  if (part === undefined) throw new Error(`--only ${s}: one of ${PARTS.join(', ')} would be right`);
  return part;
}

function memory(given: string | undefined): string | null {
  if (given === undefined || /^[1-9]\d*(MB|GB)$/.test(given)) return given ?? null;
  throw new Error(`--store-memory ${given}: a size like 256MB would be right`);
}

function number(flag: string, given: string, least: number, most: number): number {
  const n = Number(given);
  if (given.trim() !== '' && Number.isFinite(n) && n >= least && n <= most) return n;
  throw new Error(`--${flag} ${given}: a number from ${least} to ${most} would be right`);
}
