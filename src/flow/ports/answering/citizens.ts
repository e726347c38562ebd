import type {
  CitizenEntry,
  CitizenPerson,
  CitizenReport,
  CitizenWords,
} from '../../../domain/citizen/citizen-report.ts';
import type { CitizenAct, CitizenAsked } from '../../../domain/citizen/decide.ts';
import type { CitizenMatch } from '../../../domain/citizen/match.ts';
import type { AreaCode, CitizenReportId } from '../../../domain/ids.ts';
import type { Refusal } from '../../../domain/refusals.ts';
import type { Result } from '../../../domain/result.ts';
import type { Bilingual } from '../../../domain/text.ts';
import type { Millis } from '../../../domain/time.ts';
import type { CitizenFilter, Page } from '../journal.ts';

/** A report as it comes in. */
export type CitizenWish = Pick<
  CitizenReport,
  'source' | 'no' | 'kind' | 'category' | 'lifeline' | 'lon' | 'lat' | 'calledAt' | 'way'
> &
  Pick<CitizenWords, 'text' | 'place' | 'caller' | 'phone'> & {
    /** `null`: that of the nearest point. */
    readonly area: AreaCode | null;
    /** As the hotline says it; `null`: by our own rule. */
    readonly dueAt: Millis | null;
  };

export type TakenCitizen = { readonly entry: CitizenEntry; readonly isNew: boolean };

type Sees = (area: string) => boolean;

/** What people and hotlines ask of citizens' reports 市民诉求. Changes resolve when they are durable. */
export interface Citizens {
  /** Idempotent by the hotline's number. @param trial says what would come of it, and changes nothing */
  take(
    wish: CitizenWish,
    by: CitizenPerson,
    how: { readonly sees: Sees; readonly trial?: boolean },
  ): Promise<Result<TakenCitizen, Refusal>>;
  /** Newest first. */
  list(filter: CitizenFilter, limit: number, after: string | null): Promise<Page<CitizenEntry>>;
  one(id: CitizenReportId): Promise<CitizenEntry | null>;
  /** What it may be about, the likeliest first. */
  matches(entry: CitizenEntry, sees: Sees): Promise<readonly CitizenMatch[]>;
  /** The answer as far as it can be written from its order. */
  draftOf(entry: CitizenEntry): Promise<Bilingual>;
  /** Idempotent by `commandId`. */
  act(
    id: CitizenReportId,
    act: CitizenAct,
    asked: CitizenAsked & { readonly seenRevision: number },
    sees: Sees,
  ): Promise<Result<CitizenEntry, Refusal>>;
}
