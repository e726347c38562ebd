import { unreachable } from '../../domain/result.ts';
import {
  type ExchangeEntry,
  exchangeKey,
  FIRST_COURSE,
  isExchangeNeeded,
  type SourceLink,
  type UpCourse,
} from '../../domain/upstream/entry.ts';
import { LANES, type Lane, type ToldState, type UpItem } from '../../domain/upstream/item.ts';
import type { Difference } from '../../domain/upstream/reconcile.ts';
import { SECRET_NAMES, type UpstreamSecrets, type UpstreamSetup } from '../../domain/upstream/setup.ts';

/** Platforms above and below in memory, folded from what is kept of them. */
export class ExchangeBook {
  readonly #setups = new Map<string, UpstreamSetup>();
  readonly #secrets = new Map<string, UpstreamSecrets>();
  readonly #courses = new Map<string, UpCourse>();
  /** By upstream and lane: what has not been taken there, in order of number. */
  readonly #owed = new Map<string, Record<Lane, Map<number, UpItem>>>();
  readonly #sources = new Map<string, SourceLink>();
  readonly #differences = new Map<string, Difference>();
  /** By platform below: its devices that are offline. */
  readonly #offline = new Map<string, Map<string, ToldState>>();

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
      case 'device': {
        const offline = this.#offline.get(e.source) ?? new Map<string, ToldState>();
        this.#offline.set(e.source, offline);
        if (isExchangeNeeded(e)) offline.set(e.state.device, e.state);
        else offline.delete(e.state.device);
        return;
      }
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
  /** Devices of a platform below that have gone, oldest first. */
  offline = (source: string): readonly ToldState[] =>
    [...(this.#offline.get(source)?.values() ?? [])].sort((a, b) => a.at - b.at);
  openDifferences = (): readonly Difference[] => [...this.#differences.values()];

  #of(upstream: string): Record<Lane, Map<number, UpItem>> {
    const known = this.#owed.get(upstream);
    if (known !== undefined) return known;
    const made = { live: new Map<number, UpItem>(), bulk: new Map<number, UpItem>() };
    this.#owed.set(upstream, made);
    return made;
  }
}
