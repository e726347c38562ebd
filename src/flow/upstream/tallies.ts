import { type ExchangeEntry, exchangeKey, itemsOf, takenOf } from '../../domain/upstream/entry.ts';
import { numberOf, UP_OBJECTS, type UpObject } from '../../domain/upstream/item.ts';
import type { DayTally } from '../../domain/upstream/reconcile.ts';
import type { Journal } from '../ports/journal.ts';

const PAGE = 5_000;

type Parts = {
  readonly journal: Pick<Journal, 'exchangedUnder'>;
  /** SM3 of a text, in hex. */
  readonly digest: (text: string) => string;
};

export type OwnTally = DayTally & { readonly owed: number; readonly waived: number };

/** What of a day is ours to have been taken there: what a person let go is not. */
export async function ownTallies(
  parts: Parts,
  upstream: string,
  day: string,
): Promise<ReadonlyMap<UpObject, OwnTally>> {
  const lines = new Map<UpObject, string[]>();
  const left = new Map<UpObject, { owed: number; waived: number }>();
  await eachUnder(parts, itemsOf(upstream, day), (e) => {
    if (e.is !== 'item') return;
    const { item } = e;
    const counts = left.get(item.object) ?? { owed: 0, waived: 0 };
    left.set(item.object, counts);
    if (item.state === 'waived') {
      counts.waived++;
      return;
    }
    if (item.state !== 'acked') counts.owed++;
    const of = lines.get(item.object) ?? [];
    lines.set(item.object, of);
    of.push(numberOf(item));
  });
  return new Map(
    UP_OBJECTS.flatMap((object) => {
      const counts = left.get(object);
      return counts === undefined
        ? []
        : [[object, { ...tallyOf(parts, lines.get(object) ?? []), ...counts }] as const];
    }),
  );
}

/** What was taken here of a day. */
export async function takenTallies(
  parts: Parts,
  source: string,
  { day, objects }: { readonly day: string; readonly objects: readonly UpObject[] },
): Promise<ReadonlyMap<UpObject, DayTally>> {
  const lines = new Map<UpObject, string[]>(objects.map((o) => [o, []]));
  await eachUnder(parts, takenOf(source, day), (e) => {
    if (e.is === 'taken') lines.get(e.taken.object)?.push(numberOf(e.taken));
  });
  return new Map([...lines].map(([object, of]) => [object, tallyOf(parts, of)]));
}

const tallyOf = ({ digest }: Parts, lines: readonly string[]): DayTally => ({
  count: lines.length,
  digest: digest(lines.join('\n')),
});

/** In order of key: both sides have the same order. */
async function eachUnder(
  { journal }: Parts,
  prefix: string,
  take: (e: ExchangeEntry) => void,
): Promise<void> {
  let after: string | undefined;
  for (;;) {
    const page = await journal.exchangedUnder(prefix, { limit: PAGE, after });
    for (const e of page) take(e);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = exchangeKey(last);
  }
}
