import {
  type CitizenDraft,
  type CitizenHeader,
  readCitizenHeader,
  readCitizenRow,
} from '../../../../wire/files/citizen-csv.ts';
import { csvRows, delimiterOf } from '../../../../wire/files/csv.ts';
import { titleOf } from '../../../../wire/http/problems.ts';
import type { Handlers } from '../../answer/handler.ts';
import type { Services } from '../../answer/services.ts';
import { EMPTY_FILE, ROW_FLAWS, RowErrors, textOf } from '../csv-file.ts';
import { wishOf } from './citizen-routes.ts';

/** Rows taken into turns together: each waits for the disk. */
const AT_ONCE = 200;
/** Rows of one file. */
const ROWS = 10_000;
const TOO_MANY = {
  column: null,
  code: 'too-many-rows',
  say: {
    zh: `一个文件至多 ${ROWS} 行，其余未读`,
    en: `a file has ${ROWS} rows at most; the others were not read`,
  },
} as const;

type Row = { readonly line: number; readonly draft: CitizenDraft };

/** A file of reports: good rows are taken whatever the others are, and the same number once. */
export function citizenImport({ citizens, service }: Services): Pick<Handlers, 'importCitizenReports'> {
  return {
    importCitizenReports: async ({ query, body, session, sees, language, became }) => {
      const dryRun = query.dryRun ?? false;
      const errors = new RowErrors(language);
      const lifelines = new Map(service.packs().flatMap((p) => [[p.name.zh, p.lifeline] as const]));
      const { rows, count } = read(textOf(body), lifelines, errors);
      const by = { account: session.account, name: session.name };
      let created = 0;
      let unchanged = 0;
      for (let from = 0; from < rows.length; from += AT_ONCE) {
        const taken = await Promise.all(
          rows.slice(from, from + AT_ONCE).map(async ({ line, draft }) => ({
            line,
            done: await citizens.take(wishOf(draft, 'file'), by, { sees, trial: dryRun }),
          })),
        );
        for (const { line, done } of taken) {
          if (!done.ok) {
            const say = done.error.detail ?? titleOf(done.error.code);
            errors.ofRow(line, [{ column: null, code: done.error.code, say }]);
          } else if (done.value.isNew) created += 1;
          else unchanged += 1;
        }
      }
      const counts = { dryRun, rows: count, created, updated: 0, unchanged, failed: errors.rows };
      became(counts);
      return { ...counts, ...errors.told() };
    },
  };
}

function read(
  text: string,
  lifelines: ReadonlyMap<string, string>,
  errors: RowErrors,
): { readonly rows: readonly Row[]; readonly count: number } {
  const rows: Row[] = [];
  const seen = new Map<string, number>();
  let header: CitizenHeader | null = null;
  let count = 0;
  for (const { line, cells, flaw } of csvRows(text, delimiterOf(text))) {
    if (header === null) {
      const first = flaw === null ? readCitizenHeader(cells) : { error: ROW_FLAWS[flaw] };
      if ('error' in first) {
        errors.ofRow(line, [first.error]);
        return { rows, count };
      }
      header = first.header;
      continue;
    }
    if (count === ROWS) {
      errors.ofRow(line, [TOO_MANY]);
      break;
    }
    count += 1;
    const { draft, errors: flaws } =
      flaw === null ? readCitizenRow(header, cells, lifelines) : { draft: null, errors: [ROW_FLAWS[flaw]] };
    if (draft === null) {
      errors.ofRow(line, flaws);
      continue;
    }
    const key = `${draft.source}/${draft.externalNo}`;
    const first = seen.get(key);
    if (first !== undefined) {
      const say = { zh: `与第 ${first} 行编号相同`, en: `the same number as line ${first}` };
      errors.ofRow(line, [{ column: 'externalNo', code: 'row-repeats', say }]);
      continue;
    }
    seen.set(key, line);
    rows.push({ line, draft });
  }
  if (header === null) errors.ofRow(1, [EMPTY_FILE]);
  return { rows, count };
}
