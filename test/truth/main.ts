import { readFileSync, writeFileSync } from 'node:fs';
import { type KeptYear, truthPage } from './page.ts';
import { accounts, areThere, DATA, forecasts, temperature } from './subjects.ts';
import { simulatedYear } from './year.ts';

const PAGE = new URL('../../docs/truth.md', import.meta.url);
const YEAR = new URL('year.json', import.meta.url);
const HELP = `npm run truth [-- --write] [-- --year]

Holds the rules as shipped against every recording in ../shared/data and prints what is true and false (docs/truth.md).

  --year    simulates the year anew, too: ten minutes or more; else the one that is kept is printed
  --write   writes docs/truth.md, and the year where it was simulated
`;

const asked = new Set(process.argv.slice(2));
const say = (text: string): void => void process.stdout.write(text);

if (asked.has('--help') || [...asked].some((a) => a !== '--year' && a !== '--write')) say(HELP);
else if (!areThere()) {
  process.stderr.write(`the recordings are not there: ${DATA}\n`);
  process.exitCode = 1;
} else {
  const isNew = asked.has('--year');
  const year = isNew
    ? { days: 365, ...simulatedYear(365) }
    : (JSON.parse(readFileSync(YEAR, 'utf8')) as KeptYear);
  const page = truthPage(accounts(), forecasts(), year, temperature());
  if (asked.has('--write')) {
    writeFileSync(PAGE, page);
    if (isNew) writeFileSync(YEAR, `${JSON.stringify(year, null, 2)}\n`);
  }
  say(page);
}
