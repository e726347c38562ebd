import { openToRead } from '../shared/sqlite.ts';
import { BEGINNING, type ChainLink, type ChainPlace, type ChainVerdict, verify } from './chain.ts';
import { linksIn, markIn } from './sqlite-file.ts';

export { type ChainLink, type ChainPlace, type ChainVerdict, placeText, readPlace } from './chain.ts';

/** An audit journal, for reading only, whether or not a service is running. */
export function lookAtAudit(file: string): {
  links(): Generator<ChainLink>;
  newest(): ChainPlace | null;
  /** @param key of the seals; called within the moment that is verified */
  verify(key: () => Uint8Array, anchor: ChainPlace | null): ChainVerdict;
  close(): void;
} {
  const db = openToRead(file);
  return {
    links: () => linksIn(db),
    newest: () => {
      const row = db.prepare('SELECT n, seal FROM entry ORDER BY n DESC LIMIT 1').get();
      return row === undefined ? null : { n: Number(row.n), seal: String(row.seal) };
    },
    verify: (keyOf, anchor) => {
      // One moment, whatever the service adds meanwhile.
      db.exec('BEGIN');
      const key = keyOf();
      const floor = markIn(db, key, 'floor') ?? BEGINNING;
      return verify(key, linksIn(db), { floor, head: markIn(db, key, 'head'), anchor });
    },
    close: () => db.close(),
  };
}
