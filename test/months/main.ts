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
    days: { type: 'string', default: '1' },
    points: { type: 'string', default: '4' },
    without: { type: 'string', default: '' },
    'our-clock': { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    keep: { type: 'string' },
  },
});

function givenOf(seed: number): Given {
  const without = values.without === '' ? [] : values.without.split(',');
  const ourClock = values['our-clock'];
  return { seed, lasts: days(Number(values.days)), points: Number(values.points), without, ourClock };
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function again({ seed, points, lasts, without, ourClock }: Given): string {
  const left = (without ?? []).length === 0 ? '' : ` --without ${without?.join(',')}`;
  return `npm run months -- --seed ${seed} --points ${points} --days ${lasts / days(1)}${left}${ourClock === true ? ' --our-clock' : ''}`;
}

async function explain(failed: Played): Promise<void> {
  say(`\nseed ${failed.given.seed}: ${failed.failure?.what}`);
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
  const from = one ?? Number(values.from);
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
    const p = await play(givenOf(seed), values.verbose ? say : null);
    played++;
    for (const [what, n] of Object.entries(p.counts)) sums.set(what, (sums.get(what) ?? 0) + n);
    if (one !== null || values.verbose) say(`seed ${seed}: ${p.hash}`);
    if (p.failure === null) continue;
    failed++;
    if (values.verbose) say(p.failure.what);
    else await explain(p);
  }
  const took = (performance.now() - begun) / 1_000;
  const simulated = played * Number(values.days);
  say(
    `${played} histories from seed ${from}, ${failed} of them failed; ${simulated} days in ${took.toFixed(0)} s, ${(simulated / took).toFixed(2)} days a second`,
  );
  say([...sums].map(([what, n]) => `${what} ${n}`).join(', '));
  return failed === 0;
}

process.exitCode = (await run()) ? 0 : 1;
