import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { days, minutes } from '../../src/domain/time.ts';
import { fateInWords, type Given, type Played, play } from './month.ts';
import { shrink } from './shrink.ts';

const KEPT = new URL('kept.json', import.meta.url);

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '10' },
    from: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '30' },
    days: { type: 'string', default: '30' },
    points: { type: 'string', default: '20' },
    only: { type: 'string', default: '' },
    'up-to': { type: 'string' },
    /** Ends with the first that fails, and says no more of it than what was not kept. */
    'until-found': { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    without: { type: 'string', default: '' },
    'our-clock': { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    keep: { type: 'string' },
  },
});

const listOf = (text: string): string[] => text.split(',').filter((x) => x !== '');

function givenOf(seed: number): Given {
  const [only, without, upTo] = [listOf(values.only), listOf(values.without), values['up-to']];
  return {
    seed,
    lasts: days(Number(values.days)),
    points: Number(values.points),
    ...(only.length > 0 ? { only } : {}),
    ...(without.length > 0 ? { without } : {}),
    ...(upTo === undefined ? {} : { upTo: Date.parse(upTo) }),
    ...(values['our-clock'] ? { ourClock: true } : {}),
  };
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function again({ seed, points, lasts, only = [], without = [], upTo, ourClock }: Given): string {
  const rest = [
    only.length > 0 ? ` --only ${only.join()}` : '',
    without.length > 0 ? ` --without ${without.join()}` : '',
    upTo === undefined ? '' : ` --up-to ${new Date(upTo).toISOString()}`,
    ourClock === true ? ' --our-clock' : '',
  ];
  return `npm run months -- --seed ${seed} --points ${points} --days ${lasts / days(1)}${rest.join('')}`;
}

async function explain(failed: Played): Promise<void> {
  say(`\nseed ${failed.given.seed}: ${failed.failure?.what}`);
  say(`The whole of it: ${again(failed.given)}`);
  const short = await shrink(failed);
  say('\nIn the shortest history that still fails so, this goes wrong:');
  for (const f of short.fates) if (f.from <= (short.failure?.when ?? 0)) say(`  ${fateInWords(f)}`);
  say('and these are its last events (real time, UTC):');
  for (const line of short.last) say(line);
  say(`\nAgain:     ${again(short.given)} --verbose`);
  say(`As a test: ${again(short.given)} --keep "what was wrong"`);
}

async function keep(why: string, given: Given): Promise<void> {
  const kept = JSON.parse(await readFile(KEPT, 'utf8')) as unknown[];
  kept.push({ ...given, why });
  await writeFile(KEPT, `${JSON.stringify(kept, null, 2)}\n`);
}

async function run(): Promise<boolean> {
  const one = values.seed === undefined ? null : Number(values.seed);
  if (values.keep !== undefined && one !== null) {
    await keep(values.keep, givenOf(one));
    return true;
  }
  // Seeds that nobody has seen: the only draw here that is not from a seed.
  const from = one ?? (values.fresh ? Math.floor(Date.now() / 1_000) : Number(values.from));
  const seeds = one === null ? Number(values.seeds) : 1;
  const begun = performance.now();
  const sums = new Map<string, number>();
  let played = 0;
  let failed = 0;
  for (
    let seed = from;
    seed < from + seeds && performance.now() - begun < minutes(Number(values.minutes));
    seed++
  ) {
    if (values.fresh) say(`seed ${seed}`);
    const p = await play(givenOf(seed), values.verbose ? say : null);
    played++;
    for (const [what, n] of Object.entries(p.counts)) sums.set(what, (sums.get(what) ?? 0) + n);
    if (one !== null || values.verbose) say(`seed ${seed}: ${p.hash}`);
    if (p.failure === null) continue;
    failed++;
    if (values['until-found']) {
      say(`found with seed ${seed}: ${p.failure.what.slice(0, 200)}`);
      break;
    }
    if (values.verbose) say(p.failure.what);
    else await explain(p);
  }
  const took = (performance.now() - begun) / 1_000;
  const simulated = played * Number(values.days);
  say(
    `${played} histories from seed ${from}, ${failed} of them failed; ${simulated} days in ${took.toFixed(0)} s, ${(simulated / took).toFixed(2)} days a second, ${((simulated * Number(values.points)) / took).toFixed(0)} days of a point a second`,
  );
  say([...sums].map(([what, n]) => `${what} ${n}`).join(', '));
  return failed === 0;
}

process.exitCode = (await run()) ? 0 : 1;
