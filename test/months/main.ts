import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { days, minutes } from '../../src/domain/time.ts';
import { fateInWords, type Given, type Played, play } from './month.ts';
import { BadOption, HELP, type Options, optionsOf } from './options.ts';
import { shrink } from './shrink.ts';

const KEPT = new URL('kept.json', import.meta.url);

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function again({ seed, points, lasts, only = [], without = [], upTo, ...rare }: Given): string {
  const rest = [
    only.length > 0 ? ` --only ${only.join()}` : '',
    without.length > 0 ? ` --without ${without.join()}` : '',
    upTo === undefined ? '' : ` --up-to ${new Date(upTo).toISOString()}`,
    rare.ourClock === true ? ' --our-clock' : '',
    rare.notices === true ? ' --notices' : '',
    rare.approvals === true ? ' --approvals' : '',
    rare.responses === true ? ' --responses' : '',
    rare.waveforms === true ? ' --waveforms' : '',
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
  // Lists of names on one line, as the formatter has them.
  const text = JSON.stringify(kept, null, 2).replaceAll(
    /\[\s+("[^[\]]*")\s+\]/g,
    (_, names: string) => `[${names.replaceAll(/\s+/g, ' ')}]`,
  );
  await writeFile(KEPT, `${text}\n`);
}

async function run(o: Options): Promise<boolean> {
  if (o.keep !== null) {
    await keep(o.keep, o.given(o.from));
    return true;
  }
  const begun = performance.now();
  const sums = new Map<string, number>();
  const covered = new Map<string, number>();
  const hashes = createHash('sha256');
  let played = 0;
  let failed = 0;
  let simulated = 0;
  let ofPoints = 0;
  for (let seed = o.from; seed < o.from + o.seeds && performance.now() - begun < minutes(o.minutes); seed++) {
    if (o.fresh) say(`seed ${seed}`);
    const given = o.given(seed);
    const p = await play(given, o.verbose ? say : null);
    played++;
    simulated += given.lasts / days(1);
    ofPoints += (given.lasts / days(1)) * given.points;
    hashes.update(p.hash);
    for (const [what, n] of Object.entries(p.counts)) sums.set(what, (sums.get(what) ?? 0) + n);
    for (const [what, n] of p.covered) covered.set(what, (covered.get(what) ?? 0) + n);
    if (o.isOne || o.verbose) say(`seed ${seed}: ${p.hash}`);
    if (p.failure === null) continue;
    failed++;
    if (o.untilFound) {
      say(`found with seed ${seed}: ${p.failure.what.slice(0, 200)}`);
      break;
    }
    if (o.verbose) say(p.failure.what);
    else await explain(p);
  }
  const took = (performance.now() - begun) / 1_000;
  const { user, system } = process.cpuUsage();
  const computed = (user + system) / 1e6;
  say(
    `${played} histories from seed ${o.from}, ${failed} of them failed; ${simulated} days in ${took.toFixed(0)} s, ${(simulated / took).toFixed(2)} days a second, ${(ofPoints / took).toFixed(0)} days of a point a second (${(simulated / computed).toFixed(2)} and ${(ofPoints / computed).toFixed(0)} where nobody else computes); hash of all ${hashes.digest('hex').slice(0, 16)}`,
  );
  say([...sums].map(([what, n]) => `${what} ${n}`).join(', '));
  if (o.coverage) for (const line of inGroups(covered)) say(line);
  return failed === 0;
}

/** A line for each of what there is a count of, in order of name: `fate: slow link 3, store away 1`. */
function inGroups(covered: ReadonlyMap<string, number>): readonly string[] {
  const all = [...covered].sort(([a], [b]) => (a < b ? -1 : 1));
  const groups = Map.groupBy(all, ([what]) => what.slice(0, what.indexOf(':')));
  return Array.from(
    groups,
    ([group, of]) => `${group}: ${of.map(([what, n]) => `${what.slice(group.length + 2)} ${n}`).join(', ')}`,
  );
}

try {
  const options = optionsOf(process.argv.slice(2), Date.now());
  if (options === null) say(HELP.trimEnd());
  else process.exitCode = (await run(options)) ? 0 : 1;
} catch (cause) {
  if (!(cause instanceof BadOption)) throw cause;
  process.stderr.write(`${cause.message}\n`);
  process.exitCode = 2;
}
