import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ChainLink,
  type ChainPlace,
  type ChainVerdict,
  verify,
} from '../../adapters/audit-sqlite/chain.ts';
import { beginning, linksIn, markIn } from '../../adapters/audit-sqlite/store.ts';
import { openToRead } from '../../adapters/shared/sqlite.ts';
import { NotDone } from '../command.ts';

/** The audit journal of a data directory, for reading only. */
export function audited(dir: string): {
  links(): Generator<ChainLink>;
  newest(): ChainPlace | null;
  /** @throws NotDone where the key of the seals is not there: then nothing can be told apart */
  verify(anchor: ChainPlace | null): ChainVerdict;
  close(): void;
} {
  const db = openToRead(join(dir, 'audit.db'));
  return {
    links: () => linksIn(db),
    newest: () => {
      const row = db.prepare('SELECT n, seal FROM entry ORDER BY n DESC LIMIT 1').get();
      return row === undefined ? null : { n: Number(row.n), seal: String(row.seal) };
    },
    verify: (anchor) => {
      // One moment, whatever the service adds meanwhile.
      db.exec('BEGIN');
      const key = keyIn(join(dir, 'audit.key'));
      const floor = markIn(db, key, 'floor') ?? beginning;
      return verify(key, linksIn(db), { floor, head: markIn(db, key, 'head'), anchor });
    },
    close: () => db.close(),
  };
}

function keyIn(path: string): Uint8Array {
  try {
    return Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url');
  } catch (cause) {
    throw new NotDone(`${path} cannot be read: without the key of the seals nothing can be verified`, cause);
  }
}
