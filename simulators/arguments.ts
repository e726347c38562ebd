import { parseArgs } from 'node:util';
import { DOORS, type DoorName } from './doors/index.ts';
import { PROFILES } from './profiles/index.ts';
import { SCENARIOS } from './scenarios/index.ts';

export type Arguments = {
  readonly url: string;
  readonly profile: keyof typeof PROFILES;
  readonly scenario: keyof typeof SCENARIOS;
  readonly replay: readonly string[];
  readonly seed: number;
  readonly speed: number;
  /** Virtual milliseconds; `null`: as long as the scenario or the recording lasts. */
  readonly durationMs: number | null;
  /** Messages a second over all devices, before any incident; `null`: the profile's own intervals. */
  readonly rate: number | null;
  readonly qos: 0 | 1 | 2;
  /** Epoch milliseconds of the first instant; `null`: now. */
  readonly start: number | null;
  /** `-` is the standard output. */
  readonly expect: string | null;
  readonly register: string | null;
  readonly dry: boolean;
  readonly connections: 'shared' | 'each' | null;
  readonly username: string | null;
  readonly password: string | null;
  /** CSV of code,secret: each device logs in as itself. */
  readonly credentials: string | null;
  /** PEM of the authority that signed the broker's certificate. */
  readonly ca: string | null;
  /** Stations of this standard instead of MQTT. */
  readonly door: DoorName | null;
  /** Where the mapping of the stations is written; `-` is the standard output. */
  readonly mapping: string | null;
};

/** Something on the command line is wrong; the message says what would be right. */
export class BadArguments extends Error {}

const FLAGS = {
  url: { type: 'string', default: 'mqtt://127.0.0.1:1883' },
  profile: { type: 'string', default: 'demo' },
  scenario: { type: 'string', default: 'quiet' },
  replay: { type: 'string', multiple: true, default: [] as string[] },
  seed: { type: 'string', default: '1' },
  speed: { type: 'string', default: '1' },
  duration: { type: 'string' },
  rate: { type: 'string' },
  qos: { type: 'string', default: '1' },
  start: { type: 'string' },
  expect: { type: 'string' },
  register: { type: 'string' },
  dry: { type: 'boolean', default: false },
  connections: { type: 'string' },
  username: { type: 'string' },
  password: { type: 'string' },
  credentials: { type: 'string' },
  ca: { type: 'string' },
  door: { type: 'string' },
  mapping: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export function help(): string {
  const list = (of: Readonly<Record<string, { readonly title: string }>>): string =>
    Object.entries(of)
      .map(([key, { title }]) => `                    ${key.padEnd(17)} ${title}`)
      .join('\n');
  return `npm run simulate -- [options]     devices that speak MQTT, as any vendor's do

  --url URL         broker (${FLAGS.url.default})
  --profile NAME    the city (${FLAGS.profile.default}):
${list(PROFILES)}
  --scenario NAME   what happens in it (${FLAGS.scenario.default}):
${list(SCENARIOS)}
  --replay FILE     instead: a real recording, its format found by looking at it: FloodNet flood-events.csv,
                    Chilbolton methane .txt, Munich bridge .zip; may be given more than once
  --seed N          same seed, same city and same incidents (1)
  --speed N         N seconds of the city in one second; device clocks are compressed with it, so a rule's
                    on-delay takes N times as long in the city (1)
  --duration TIME   of the city: 90s, 15m, 2h (as long as the scenario lasts)
  --rate N          about N messages a second over all devices (the instruments' own intervals)
  --qos 0|1|2       (1)
  --connections X   shared: one connection; each: one per device, with its last will (each up to 300 devices)
  --username, --password    one credential for all, where the broker asks for one
  --credentials FILE        code,secret by line, as POST /api/v1/credentials gives them: each device logs in as
                            itself, over a connection of its own
  --ca FILE         authority of the broker's certificate (PEM), for mqtts:// with a certificate of one's own
  --door NAME       stations of a standard instead of MQTT (waveforms are left out):
${list(DOORS)}
                    --url is then where the door listens, tcp://127.0.0.1:7651
  --mapping FILE    with --door: write the mapping that leads each station to its device, for the folder mappings
                    of the data directory; - is the standard output; with --dry only that
  --start TIME      the devices' first instant, ISO 8601; with it the same seed gives the same bytes (now)
  --expect FILE     write which alarms this must cause, as JSON; - is the standard output
  --register FILE   write the city's register as CSV for POST /api/v1/register/import; - as above
  --dry             write the messages to the standard output as JSON lines, at once, and send nothing

Examples
  npm run simulate -- --scenario gas-leak
  npm run simulate -- --profile bozhou --scenario cloudburst --seed 7 --speed 10
  npm run simulate -- --door sl651 --url tcp://127.0.0.1:7651 --scenario cloudburst --mapping data/mappings/sl651-simulated.json
  npm run simulate -- --profile hefei --rate 2000 --qos 0 --duration 5m
  npm run simulate -- --url mqtts://watch.example:8883 --ca ca.pem --credentials credentials.csv
  npm run simulate -- --replay flood-events.csv --speed 60
  npm run simulate -- --scenario stolen-cover --dry --expect expected.json --start 2026-01-01T08:00:00+08:00
`;
}

/** `null`: help was asked for. */
export function readArguments(argv: readonly string[]): Arguments | null {
  refuseUnknown(argv);
  let values: ReturnType<typeof parse>;
  try {
    values = parse(argv);
  } catch (e) {
    throw new BadArguments(e instanceof Error ? e.message : String(e));
  }
  if (values.help) return null;
  if (values.credentials !== undefined && values.connections === 'shared')
    throw new BadArguments('--credentials: each device logs in as itself; --connections each would be right');
  if (values.credentials !== undefined && values.username !== undefined)
    throw new BadArguments('--credentials and --username exclude each other: one of them would be right');
  return {
    url: url(values.url, values.door === undefined ? /^mqtts?:$/ : /^tcp:$/),
    profile: oneOf('profile', values.profile, Object.keys(PROFILES) as (keyof typeof PROFILES)[]),
    scenario: oneOf('scenario', values.scenario, Object.keys(SCENARIOS) as (keyof typeof SCENARIOS)[]),
    replay: values.replay,
    seed: whole('seed', values.seed, 0, 4_294_967_295),
    speed: number('speed', values.speed, 0.01, 100_000),
    durationMs: values.duration === undefined ? null : duration(values.duration),
    rate: values.rate === undefined ? null : number('rate', values.rate, 0.001, 1_000_000),
    qos: Number(oneOf('qos', values.qos, ['0', '1', '2'])) as 0 | 1 | 2,
    start: values.start === undefined ? null : instant(values.start),
    expect: values.expect ?? null,
    register: values.register ?? null,
    dry: values.dry,
    connections:
      values.connections === undefined
        ? null
        : oneOf('connections', values.connections, ['shared', 'each'] as const),
    username: values.username ?? null,
    password: values.password ?? null,
    credentials: values.credentials ?? null,
    ca: values.ca ?? null,
    door: values.door === undefined ? null : oneOf('door', values.door, Object.keys(DOORS) as DoorName[]),
    mapping: values.mapping ?? null,
  };
}

const parse = (argv: readonly string[]) =>
  parseArgs({ args: [...argv], options: FLAGS, strict: true, allowPositionals: false }).values;

function refuseUnknown(argv: readonly string[]): void {
  for (const arg of argv) {
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (name === undefined || Object.hasOwn(FLAGS, name)) continue;
    const near = nearest(name, Object.keys(FLAGS));
    const said = near === null ? 'see --help' : `--${near} would be right`;
    throw new BadArguments(`--${name} is not known: ${said}`);
  }
}

function oneOf<T extends string>(flag: string, given: string, known: readonly T[]): T {
  const found = known.find((k) => k === given);
  if (found !== undefined) return found;
  const near = nearest(given, known);
  throw new BadArguments(
    `--${flag} ${given} is not known: ${near === null ? `one of ${known.join(', ')}` : near} would be right`,
  );
}

function url(given: string, protocol: RegExp): string {
  const parsed = URL.canParse(given) ? new URL(given) : null;
  if (parsed !== null && protocol.test(parsed.protocol) && (parsed.protocol !== 'tcp:' || parsed.port !== ''))
    return given;
  const right = protocol.test('tcp:') ? 'tcp://host:port, where the door listens,' : 'mqtt://host:port';
  throw new BadArguments(`--url ${given}: ${right} would be right`);
}

function number(flag: string, given: string, least: number, most: number): number {
  const n = Number(given);
  if (given.trim() !== '' && Number.isFinite(n) && n >= least && n <= most) return n;
  throw new BadArguments(`--${flag} ${given}: a number from ${least} to ${most} would be right`);
}

function whole(flag: string, given: string, least: number, most: number): number {
  const n = number(flag, given, least, most);
  if (Number.isInteger(n)) return n;
  throw new BadArguments(`--${flag} ${given}: a whole number would be right`);
}

function duration(given: string): number {
  const [, n, unit] = /^(\d+(?:\.\d+)?)(s|m|h|d)$/.exec(given) ?? [];
  if (n === undefined) throw new BadArguments(`--duration ${given}: 90s, 15m or 2h would be right`);
  return Number(n) * { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit as 's' | 'm' | 'h' | 'd'];
}

function instant(given: string): number {
  // Without an offset the same command would mean different bytes on different machines.
  const at = /(Z|[+-]\d\d:\d\d)$/.test(given) ? Date.parse(given) : Number.NaN;
  if (Number.isFinite(at)) return at;
  throw new BadArguments(`--start ${given}: 2026-01-01T08:00:00+08:00 would be right`);
}

/** The closest of the known words, if one is close enough to have been meant. */
function nearest(given: string, known: readonly string[]): string | null {
  const ranked = known
    .map((word) => ({ word, far: word.startsWith(given) ? 0 : distance(given, word) }))
    .sort((a, b) => a.far - b.far || shared(b.word, given) - shared(a.word, given));
  const best = ranked[0];
  const close = best !== undefined && best.far < given.length && best.far <= Math.max(2, given.length / 3);
  return close ? best.word : null;
}

/** How many letters two words begin with in common. */
function shared(a: string, b: string): number {
  let n = 0;
  while (n < a.length && a[n] === b[n]) n++;
  return n;
}

/** Levenshtein. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(
        (row[j] as number) + 1,
        (next[j - 1] as number) + 1,
        (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    }
    row = next;
  }
  return row[b.length] as number;
}
