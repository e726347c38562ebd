import type { Alarm } from '../../domain/alarm/alarm.ts';
import type { AlarmId, OrderId } from '../../domain/ids.ts';
import { isOrderOpen, type Order } from '../../domain/order/order.ts';
import { unreachable } from '../../domain/result.ts';
import {
  type ExchangeEntry,
  exchangeKey,
  FIRST_COURSE,
  isExchangeNeeded,
  type SourceLink,
  type UpCourse,
} from '../../domain/upstream/entry.ts';
import { LANES, type Lane, type UpItem } from '../../domain/upstream/item.ts';
import type { Difference } from '../../domain/upstream/reconcile.ts';
import { SECRET_NAMES, type UpstreamSecrets, type UpstreamSetup } from '../../domain/upstream/setup.ts';

/** Things of sources that ended lately: what is told of them late must find them. */
const REMEMBERED = 10_000;

/** Platforms above and below in memory, folded from what is kept of them. */
export class ExchangeBook {
  readonly #setups = new Map<string, UpstreamSetup>();
  readonly #secrets = new Map<string, UpstreamSecrets>();
  readonly #courses = new Map<string, UpCourse>();
  /** By upstream and lane: what has not been taken there, in order of number. */
  readonly #owed = new Map<string, Record<Lane, Map<number, UpItem>>>();
  readonly #sources = new Map<string, SourceLink>();
  readonly #differences = new Map<string, Difference>();

  apply(e: ExchangeEntry): void {
    switch (e.is) {
      case 'upstream':
        if (e.setup === null) this.#setups.delete(e.name);
        else this.#setups.set(e.name, e.setup);
        return;
      case 'secrets':
        this.#secrets.set(e.name, e.secrets);
        return;
      case 'course':
        this.#courses.set(e.name, e.course);
        return;
      case 'item': {
        const owed = this.#of(e.item.upstream)[e.item.lane];
        if (isExchangeNeeded(e)) owed.set(e.item.n, e.item);
        else owed.delete(e.item.n);
        return;
      }
      case 'source':
        this.#sources.set(e.link.source, e.link);
        return;
      case 'difference':
        if (isExchangeNeeded(e)) this.#differences.set(exchangeKey(e), e.difference);
        else this.#differences.delete(exchangeKey(e));
        return;
      case 'taken':
        return;
      default:
        unreachable(e);
    }
  }

  /** In order of name. */
  upstreams = (): readonly UpstreamSetup[] =>
    [...this.#setups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  upstream = (name: string): UpstreamSetup | undefined => this.#setups.get(name);
  /** For whoever sends alone. */
  secretsOf = (name: string): UpstreamSecrets => this.#secrets.get(name) ?? {};
  secretsSet = (name: string) => SECRET_NAMES.filter((k) => (this.secretsOf(name)[k] ?? '') !== '');
  course = (name: string): UpCourse => this.#courses.get(name) ?? FIRST_COURSE;
  /** Queued and rejected, in order of number. */
  owed = (name: string, lane: Lane): ReadonlyMap<number, UpItem> => this.#of(name)[lane];
  owedCount = (name: string): number => LANES.reduce((sum, lane) => sum + this.owed(name, lane).size, 0);
  sources = (): readonly SourceLink[] =>
    [...this.#sources.values()].sort((a, b) => (a.source < b.source ? -1 : 1));
  source = (name: string): SourceLink | undefined => this.#sources.get(name);
  openDifferences = (): readonly Difference[] => [...this.#differences.values()];

  #of(upstream: string): Record<Lane, Map<number, UpItem>> {
    const known = this.#owed.get(upstream);
    if (known !== undefined) return known;
    const made = { live: new Map<number, UpItem>(), bulk: new Map<number, UpItem>() };
    this.#owed.set(upstream, made);
    return made;
  }
}

/** Alarms and orders of platforms below: shown here, decided there. Silence of a line ends none of them. */
export class ForeignThings {
  readonly alarms = new Map<AlarmId, Alarm>();
  readonly orders = new Map<OrderId, Order>();
  readonly #over = new Map<string, number>();

  takeAlarm(alarm: Alarm): void {
    if (alarm.phase.is !== 'closed') this.alarms.set(alarm.id, alarm);
    else {
      this.alarms.delete(alarm.id);
      this.#ended(alarm.id, alarm.revision);
    }
  }

  takeOrder(order: Order): void {
    if (isOrderOpen(order)) this.orders.set(order.id, order);
    else {
      this.orders.delete(order.id);
      this.#ended(order.id, order.revision);
    }
  }

  /** The revision up to which a thing is known here; 0: not at all. @param durable as the journal had it when it was asked */
  revisionOf(id: string, durable: { readonly revision: number } | null): number {
    const open = this.alarms.get(id as AlarmId) ?? this.orders.get(id as OrderId);
    return Math.max(open?.revision ?? 0, this.#over.get(id) ?? 0, durable?.revision ?? 0);
  }

  #ended(id: string, revision: number): void {
    this.#over.set(id, revision);
    if (this.#over.size > REMEMBERED) this.#over.delete(this.#over.keys().next().value as string);
  }
}
