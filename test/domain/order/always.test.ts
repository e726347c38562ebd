import fc from 'fast-check';
import { expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import type { OrderCommand } from '../../../src/domain/order/commands.ts';
import { decideOrder } from '../../../src/domain/order/decide.ts';
import type { OrderEvent } from '../../../src/domain/order/events.ts';
import { evolveOrder } from '../../../src/domain/order/evolve.ts';
import { isOrderOpen, type Order } from '../../../src/domain/order/order.ts';
import { hours, minutes } from '../../../src/domain/time.ts';
import { by, create, person, T0 } from './build.ts';

const who = fc.constantFrom('desk', 'crew', 'other', 'leader').map(person);
const unit = fc.constantFrom('gas-crew', 'water-crew', 'power-crew').map(as.unit);
const none = { attachments: [] };

/** Any act of anybody, at any distance of time from the one before. */
const act = (at: number): fc.Arbitrary<OrderCommand> =>
  fc.oneof(
    fc
      .tuple(who, unit, fc.boolean())
      .map(([w, u, coordinates]) => by(w, { do: 'dispatch', unit: u, contact: null, coordinates })),
    fc.tuple(who, unit).map(([w, u]) => by(w, { do: 'forward', unit: u, reason: 'r' })),
    who.map((w) => by(w, { do: 'accept' })),
    who.map((w) => by(w, { do: 'refuse', kind: 'other', reason: 'r' })),
    fc
      .tuple(who, fc.boolean())
      .map(([w, accepts]) =>
        by(w, { do: 'arrive', accepts, lon: null, lat: null, accuracyM: null, ...none }),
      ),
    who.map((w) => by(w, { do: 'feedback', text: 't', ...none })),
    fc
      .tuple(who, fc.integer({ min: 1, max: 600 }))
      .map(([w, m]) => by(w, { do: 'pause', kind: 'other', until: at + minutes(m), reason: 'r' })),
    who.map((w) => by(w, { do: 'resume' })),
    fc
      .tuple(who, fc.integer({ min: 1, max: 600 }))
      .map(([w, m]) => by(w, { do: 'extend', until: at + minutes(m), reason: 'r' })),
    fc
      .tuple(who, fc.boolean())
      .map(([w, granted]) => by(w, { do: 'answer-extension', granted, reason: 'r' })),
    fc
      .tuple(who, fc.boolean())
      .map(([w, remote]) => by(w, { do: 'done', result: 'r', cause: null, remote, ...none })),
    fc
      .tuple(who, fc.boolean())
      .map(([w, p]) => by(w, { do: 'verify', pass: p, method: 'remote', reason: 'r' })),
    who.map((w) => by(w, { do: 'archive' })),
    who.map((w) => by(w, { do: 'void', reason: 'r' })),
    who.map((w) => by(w, { do: 'urge', note: 'n' })),
    fc.constant<OrderCommand>({ do: 'tick' }),
    fc.constantFrom(hours(1), -hours(24)).map((d): OrderCommand => ({ do: 'move-clock', by: d })),
  );

const days = fc.array(fc.tuple(fc.integer({ min: 0, max: 90 }), fc.nat()), { maxLength: 40 });

test('whatever anybody does in whatever order, an order keeps what it promises', () => {
  fc.assert(
    fc.property(days, fc.gen(), (steps, g) => {
      const events: OrderEvent[] = [];
      let order: Order | null = null;
      let at = T0;
      const apply = (command: OrderCommand) => {
        const before = order;
        const decided = decideOrder(order, command, at);
        if (!decided.ok) return;
        for (const e of decided.value) {
          expect(e.revision).toBe((order?.revision ?? 0) + 1);
          order = evolveOrder(order, e);
          events.push(e);
          keeps(before, order, e);
        }
      };
      apply(create());
      for (const [m] of steps) {
        at += minutes(m);
        apply(g(act, at));
      }
      // What the journal has gives the same order back.
      expect(
        events.reduce<Order | null>(
          (o, e) => evolveOrder(o, JSON.parse(JSON.stringify(e)) as OrderEvent),
          null,
        ),
      ).toEqual(order);
      toldOnce(events);
    }),
    { numRuns: 300 },
  );
});

function keeps(before: Order | null, after: Order, { change, by: actor }: OrderEvent): void {
  const account = actor.kind === 'operator' ? actor.account : null;
  if (change.kind === 'verified' || change.kind === 'rework') {
    expect(before?.doers).not.toContain(account);
    expect(before?.dispatchers).not.toContain(account);
  }
  if (change.kind === 'archived') expect(before?.state).toBe('verified');
  if (change.kind === 'extension-answered') expect(before?.extension?.by).not.toEqual(actor);
  if (before !== null) expect(isOrderOpen(before)).toBe(true);
  if (after.state === 'paused') expect(after.pauses.at(-1)?.to).toBeNull();
  else for (const p of after.pauses) expect(p.to).not.toBeNull();
  if (after.state !== 'new' && after.state !== 'voided') expect(after.unit).not.toBeNull();
}

/** Of each run of each clock amber once and overdue once, amber first, but where more time was granted. */
function toldOnce(events: readonly OrderEvent[]): void {
  const told = new Set<string>();
  let moved = 0;
  for (const { change } of events) {
    if (change.kind === 'clock-moved') moved += change.by;
    if (change.kind === 'extension-answered' && change.granted)
      for (const key of told) if (key.startsWith('control')) told.delete(key);
    if (change.kind !== 'amber' && change.kind !== 'overdue') continue;
    const run = `${change.clock} ${change.from - moved}`;
    expect(told.has(`${run} ${change.kind}`)).toBe(false);
    told.add(`${run} ${change.kind}`);
    expect(told.has(`${run} amber`)).toBe(true);
  }
}
