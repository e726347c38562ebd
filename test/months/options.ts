import { parseArgs } from 'node:util';
import { days } from '../../src/domain/time.ts';
import type { Given } from './month.ts';

/** The command line of `npm run months`. */
export type Options = {
  /** First seed, and how many at most. */
  readonly from: number;
  readonly seeds: number;
  /** One seed was asked for by name. */
  readonly isOne: boolean;
  readonly minutes: number;
  readonly given: (seed: number) => Given;
  readonly fresh: boolean;
  readonly untilFound: boolean;
  readonly verbose: boolean;
  readonly coverage: boolean;
  readonly keep: string | null;
};

const FLAGS = {
  seed: { type: 'string' },
  seeds: { type: 'string', default: '10' },
  from: { type: 'string', default: '1' },
  minutes: { type: 'string', default: '30' },
  days: { type: 'string', default: '30' },
  points: { type: 'string', default: '20' },
  only: { type: 'string', default: '' },
  'up-to': { type: 'string' },
  'until-found': { type: 'boolean', default: false },
  fresh: { type: 'boolean', default: false },
  without: { type: 'string', default: '' },
  'our-clock': { type: 'boolean', default: false },
  notices: { type: 'boolean', default: false },
  approvals: { type: 'boolean', default: false },
  responses: { type: 'boolean', default: false },
  waveforms: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
  coverage: { type: 'boolean', default: false },
  keep: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export const HELP = `npm run months -- [options]

Plays the whole watch over in-memory ports under a seeded fate, and says what was not kept (docs/months.md).

which histories
  --seed N          this one alone; its hash is printed
  --seeds N         so many at most, one after the other        (10)
  --from N          beginning with this one                     (1)
  --fresh           beginning with one that nobody has seen; each is printed
  --minutes N       begins none after so long                   (30)
what is in each
  --days N          how long it lasts                           (30)
  --points N        points, with a device each                  (20)
  --our-clock       our own machine's clock is set now and then
  --notices         people are told of alarms, by channels that fail, too
  --approvals       new numbers of rules need a second person
  --waveforms       two bridges send waveforms, too
  --responses       orders, warnings and incidents are made and worked on
  --only A,B        these points alone, the others left out
  --without ID,ID   these fates left out
  --up-to INSTANT   to this instant of real time alone (2026-06-01T12:00:00Z)
what is said
  --verbose         every line of it, as it happens
  --coverage        how often each fate befell, each rule said something, each thing was done
  --until-found     ends with the first that fails, and does not shrink it
  --keep WHY        plays nothing: --seed is kept as a test (test/months/kept.json)
  --help            this

Ends with 0 where everything was kept, 1 where something was not, 2 where an option is wrong.
`;

/** An option is wrong; the message says which. */
export class BadOption extends Error {}

/** @returns `null`: help was asked for */
export function optionsOf(args: readonly string[], now: number): Options | null {
  const values = read(args);
  if (values.help) return null;
  const number = (name: 'seeds' | 'from' | 'minutes' | 'days' | 'points', text = values[name]): number => {
    const n = Number(text);
    if (!(n > 0)) throw new BadOption(`--${name} ${text}: a number above 0 would be right`);
    return n;
  };
  const one = values.seed === undefined ? null : number('from', values.seed);
  if (values.keep !== undefined && one === null) throw new BadOption('--keep: which one? Say --seed, too');
  const upTo = values['up-to'] === undefined ? undefined : Date.parse(values['up-to']);
  if (Number.isNaN(upTo))
    throw new BadOption(`--up-to ${values['up-to']}: 2026-06-01T12:00:00Z would be right`);
  const [only, without] = [listOf(values.only), listOf(values.without)];
  const [lasts, points] = [days(number('days')), number('points')];
  return {
    // Seeds that nobody has seen: the only draw here that is not from a seed.
    from: one ?? (values.fresh ? Math.floor(now / 1_000) : number('from')),
    seeds: one === null ? number('seeds') : 1,
    isOne: one !== null,
    minutes: number('minutes'),
    given: (seed) => ({
      ...{ seed, lasts, points },
      ...(only.length > 0 ? { only } : {}),
      ...(without.length > 0 ? { without } : {}),
      ...(upTo === undefined ? {} : { upTo }),
      ...(values['our-clock'] ? { ourClock: true } : {}),
      ...(values.notices ? { notices: true } : {}),
      ...(values.approvals ? { approvals: true } : {}),
      ...(values.responses ? { responses: true } : {}),
      ...(values.waveforms ? { waveforms: true } : {}),
    }),
    fresh: values.fresh,
    untilFound: values['until-found'],
    verbose: values.verbose,
    coverage: values.coverage,
    keep: values.keep ?? null,
  };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS }).values;
  } catch (cause) {
    throw new BadOption(`${(cause as Error).message} (--help says what there is)`);
  }
}

const listOf = (text: string): string[] => text.split(',').filter((x) => x !== '');
