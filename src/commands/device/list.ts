import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { wallNow } from '../../adapters/clock/index.ts';
import { openToRead } from '../../adapters/shared/sqlite.ts';

type Row = {
  readonly holder: string;
  readonly issuedAt: number;
  readonly until: number | null;
  readonly areas: string | null;
};

/** What the file has, whether or not a service is running: one line each, without what secrets were kept as. */
export async function listText(dataDir: string): Promise<string> {
  const file = join(dataDir, 'devices.db');
  if (!existsSync(file)) return EMPTY;
  const db = openToRead(file);
  try {
    const rows = db
      .prepare('SELECT holder, issuedAt, until, areas FROM keys ORDER BY holder, id')
      .all() as Row[];
    const barred = db.prepare('SELECT holder, at FROM barred ORDER BY holder').all() as {
      holder: string;
      at: number;
    }[];
    if (rows.length === 0 && barred.length === 0) return EMPTY;
    const now = wallNow();
    const lines = [
      ...rows
        .filter((r) => r.until === null || r.until > now)
        .map((r) =>
          line(
            r.holder,
            r.issuedAt,
            r.until === null ? '有效 good' : `有效至 good until ${iso(r.until)}`,
            r.areas === null ? '' : (JSON.parse(r.areas) as string[]).join(','),
          ),
        ),
      ...barred.map((b) => line(b.holder, b.at, '已吊销 revoked', '')),
    ];
    return `${lines.sort().join('\n')}\n`;
  } finally {
    db.close();
  }
}

const EMPTY = '还没有凭据 · no credential yet: npm run device -- add CODE issues one\n';

const iso = (at: number): string => new Date(at).toISOString();
const line = (...[holder, at, state, areas]: [string, number, string, string]): string =>
  `${holder.padEnd(24)} ${iso(at)}  ${state}${areas === '' ? '' : `  ${areas}`}`;
