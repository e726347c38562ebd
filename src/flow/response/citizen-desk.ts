import { type CitizenEntry, citizenKey, isCitizenOpen } from '../../domain/citizen/citizen-report.ts';
import type { CitizenReportId } from '../../domain/ids.ts';

/** Reports that are over and were written to lately. */
const REMEMBERED = 500;

/** Reports of citizens in memory: those to which something is owed, and the last ones that are over. */
export class CitizenDesk {
  readonly #open = new Map<CitizenReportId, CitizenEntry>();
  readonly #over = new Map<CitizenReportId, CitizenEntry>();
  readonly #keys = new Map<string, CitizenReportId>();

  get waiting(): number {
    return this.#open.size;
  }

  /** As it is in this turn. @param durable as it was known outside when somebody asked for it */
  find(id: CitizenReportId, durable: CitizenEntry | null): CitizenEntry | null {
    return this.#open.get(id) ?? this.#over.get(id) ?? durable;
  }

  ofKey(key: string): CitizenEntry | null {
    const id = this.#keys.get(key);
    return id === undefined ? null : this.find(id, null);
  }

  put(entry: CitizenEntry, draft: { readonly citizens: Map<CitizenReportId, CitizenEntry> }): void {
    this.restore(entry);
    draft.citizens.set(entry.report.id, entry);
  }

  /** Puts back what the journal has. */
  restore(entry: CitizenEntry): void {
    const { report } = entry;
    this.#keys.set(citizenKey(report), report.id);
    if (isCitizenOpen(report)) {
      this.#over.delete(report.id);
      this.#open.set(report.id, entry);
      return;
    }
    this.#open.delete(report.id);
    this.#over.delete(report.id);
    this.#over.set(report.id, entry);
    if (this.#over.size <= REMEMBERED) return;
    const [oldest] = this.#over.values();
    if (oldest === undefined) return;
    this.#over.delete(oldest.report.id);
    this.#keys.delete(citizenKey(oldest.report));
  }
}
