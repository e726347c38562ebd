import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { workShift } from './shift.ts';

/** A shift at the desk, worked by script in a real browser: `npm run shift -- --help`. */
const HELP = `npm run shift -- [options]     a shift at the desk by script, in a real browser, while the city's storyline runs

  --minutes N       how long (20)
  --seed N          which acts in which order, and what happens in the city (1)
  --out DIR         pictures of what was found (none are taken)

An officer acknowledges, notes, searches, looks into files and screens, changes size, language and theme, reloads,
loses the network; a colleague acknowledges beside them. After each act it is looked at: nothing is cut off or
scrolls sideways, no word is missing or of the other language, the strip counts what the service has open, keys act
on the marked row alone, the page does not say live when it is not. Ends with 1 where something was found.
`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (values.help) say(HELP.trimEnd());
else if (!(minutes > 0 && Number.isInteger(seed))) {
  say('--minutes is a number above 0, and --seed a whole number');
  process.exitCode = 2;
} else {
  if (values.out !== undefined) await mkdir(values.out, { recursive: true });
  const w = await workShift({ minutes, seed, acts: Infinity, patience: 3_000, out: values.out ?? null, say });
  say(`${w.acts} acts over ${w.alarms} alarms: ${[...w.done].map(([what, n]) => `${what} ${n}`).join(', ')}`);
  say(
    `the strip agreed with the service after p50 ${w.behind.p50.toFixed(0)} ms, p95 ${w.behind.p95.toFixed(0)} ms`,
  );
  say(`heap of the page: ${w.heap.map((h) => h.toFixed(1)).join(' → ')} MiB`);
  for (const f of w.found)
    say(`FOUND after ${f.after}: ${f.what}${f.picture === null ? '' : ` (${f.picture})`}`);
  say(w.found.length === 0 ? 'nothing found' : `${w.found.length} found`);
  process.exitCode = w.found.length === 0 ? 0 : 1;
}
