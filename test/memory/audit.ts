import { type ChainLink, GENESIS, nextLink, textOf } from '../../src/adapters/audit/chain.ts';
import type { Audit, AuditAnchor, AuditEntry, AuditFilter, AuditKept } from '../../src/flow/ports/audit.ts';

const KEY = new Uint8Array(32);

/** The audit journal without a disk; `full` makes it refuse as a full disk would. */
export class AuditMemory implements Audit {
  links: ChainLink[] = [];
  full = false;
  readonly #waiting: string[] = [];

  async start(): Promise<void> {}
  async close(): Promise<void> {}

  async record(entry: AuditEntry): Promise<boolean> {
    this.#waiting.push(textOf(entry));
    if (this.full) return false;
    for (const text of this.#waiting.splice(0)) {
      this.links.push(nextLink(KEY, this.links.at(-1) ?? { n: 0, seal: GENESIS }, text));
    }
    return true;
  }

  async writable(): Promise<boolean> {
    return !this.full;
  }

  /** Oldest first. */
  get kept(): AuditKept[] {
    return this.links.map(({ n, body, seal }) => ({ ...(JSON.parse(body) as AuditEntry), n, seal }));
  }

  async entries(f: AuditFilter, limit: number, after: number | null): Promise<readonly AuditKept[]> {
    return this.kept
      .reverse()
      .filter(
        (e) =>
          (after === null || e.n < after) &&
          (f.who === undefined || e.who === f.who) &&
          (f.what === undefined || e.what.startsWith(f.what)) &&
          (f.object === undefined || e.object === f.object) &&
          (f.outcome === undefined || e.outcome === f.outcome) &&
          (f.from === undefined || e.at >= f.from) &&
          (f.to === undefined || e.at < f.to),
      )
      .slice(0, limit);
  }

  async anchor(): Promise<AuditAnchor | null> {
    const last = this.kept.at(-1);
    return last === undefined ? null : { n: last.n, seal: last.seal, at: last.at };
  }

  async forgetBefore(then: number): Promise<number> {
    const first = this.kept.find((e) => e.at >= then);
    const kept = first === undefined ? [] : this.links.filter((l) => l.n >= first.n);
    const gone = this.links.length - kept.length;
    this.links = kept;
    return gone;
  }
}
