import { lookAtWriter } from '../../../adapters/lease-postgres/index.ts';
import { Database } from '../../../adapters/postgres/database.ts';
import { placeOf } from '../../../adapters/postgres/place.ts';
import { mustBeDurable, type ServerFacts } from '../../../adapters/postgres/settings.ts';
import { seconds } from '../../../domain/time.ts';
import type { WriterSeen } from '../../../flow/ports/pair/pair.ts';
import { bad, type Finding, ok, warn } from '../finding.ts';

/** A machine that has not said for so long that it is there, is not. */
const SEEN_LATELY = seconds(30);

/** What PostgreSQL promises by its settings, who writes, and who would take over. */
export async function checkDatabase(url: string): Promise<readonly Finding[]> {
  let db: Database;
  try {
    db = await Database.connect(url, {
      name: 'lifeline doctor',
      statementAtMost: 5_000,
      silentAtMost: 5_000,
    });
  } catch (cause) {
    return [bad('database', (cause as Error).message)];
  }
  try {
    return [ofServer(placeOf(url), db.facts), ...ofPair(await lookAtWriter(db))];
  } catch (cause) {
    return [bad('database', (cause as Error).message)];
  } finally {
    await db.close();
  }
}

export function ofServer(place: string, facts: ServerFacts): Finding {
  try {
    mustBeDurable(facts);
  } catch (cause) {
    return bad('database', `${place}: ${(cause as Error).message}`);
  }
  const { versionText, synchronousCommit, synchronousStandbys } = facts;
  const is = `PostgreSQL ${versionText} at ${place}, synchronous_commit = ${synchronousCommit}`;
  if (synchronousStandbys === '')
    return ok(
      'database',
      `${is}, synchronous_standby_names empty: what is acknowledged is on that server's disk; where it fails over to a standby of its own, set synchronous_standby_names, or the last turns may be missing there`,
    );
  return synchronousCommit === 'on' || synchronousCommit === 'remote_apply'
    ? ok('database', `${is}, on the disk of ${synchronousStandbys} as well before it is acknowledged`)
    : warn(
        'database',
        `${is}: ${synchronousStandbys} is named, but its disk is not waited for; synchronous_commit = on would be right`,
      );
}

export function ofPair(seen: WriterSeen | null): readonly Finding[] {
  if (seen?.holder == null) return [ok('pair', 'no service has written to this database yet')];
  const { holder, epoch, left, others, at, switched } = seen;
  const last =
    switched === null
      ? ''
      : `; last switch ${new Date(switched.at).toISOString()} from ${switched.from} (${switched.why})`;
  if (left <= 0)
    return [
      bad(
        'pair',
        `${holder.name} wrote last (epoch ${epoch}) and its lease has run out or was released: no machine is active${last}`,
      ),
    ];
  const is = `${holder.name} is active, epoch ${epoch}`;
  const standbys = others.filter((m) => m.id !== holder.id);
  const [newest] = standbys;
  if (newest === undefined) return [ok('pair', `${is}; no second machine has been seen${last}`)];
  const ago = Math.round((at - newest.seenAt) / 1_000);
  return at - newest.seenAt <= SEEN_LATELY
    ? [ok('pair', `${is}; ${newest.name} stands by, version ${newest.version}, seen ${ago} s ago${last}`)]
    : [
        warn(
          'pair',
          `${is}; ${newest.name} was seen ${ago} s ago: nobody would take over now; start it again, or look at its log${last}`,
        ),
      ];
}
