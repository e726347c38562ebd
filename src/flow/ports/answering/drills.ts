import type { Drill, DrillNotices } from '../../../domain/drill/drill.ts';
import type { DrillSheet } from '../../../domain/drill/sheet.ts';
import type { AreaCode, DrillId, LifelineKey, MetricKey } from '../../../domain/ids.ts';
import type { Refusal } from '../../../domain/refusals.ts';
import type { Asked } from '../../../domain/response/event.ts';
import type { Result } from '../../../domain/result.ts';
import type { Bilingual } from '../../../domain/text.ts';
import type { Duration, Millis } from '../../../domain/time.ts';
import type { Page } from '../journal.ts';
import type { ActsFor } from '../responses.ts';

/** A scenario that can be played as a drill. */
export type DrillScenario = {
  readonly key: string;
  readonly title: Bilingual;
  readonly lifelines: readonly LifelineKey[];
  readonly lasts: Duration;
};

/** A device that takes part in a scenario, before it has a place in the city. */
export type CastMember = {
  /** In the simulated city. */
  readonly code: string;
  readonly lifeline: LifelineKey;
  readonly metrics: readonly MetricKey[];
};

/** What a scenario has its devices say. */
export type DrillPlot = {
  readonly scenario: DrillScenario;
  /** Whom it befalls first, first. */
  readonly cast: readonly CastMember[];
  /** In order of time. `by`: place in the cast; `payload`: as JSON, of telemetry. */
  readonly steps: readonly { readonly after: Duration; readonly by: number; readonly payload: string }[];
};

/** The simulators' scenarios. The same again gives the same bytes. */
export interface DrillScenarios {
  list(): Promise<readonly DrillScenario[]>;
  /** @param start when the drill begins, by which its devices' clocks go @returns `null`: there is none of that name */
  plot(key: string, start: Millis): Promise<DrillPlot | null>;
}

export type DrillWish = {
  readonly scenario: string;
  /** With everything below it; `null`: wherever there are points for it. */
  readonly area: AreaCode | null;
  readonly notices: DrillNotices;
};

/** What people ask of drills 演练. Changes resolve when they are durable, and are idempotent by `commandId`. */
export interface Drills {
  scenarios(): Promise<readonly DrillScenario[]>;
  begin(wish: DrillWish, asked: Asked, who: ActsFor): Promise<Result<Drill, Refusal>>;
  end(id: DrillId, asked: Asked, who: ActsFor): Promise<Result<Drill, Refusal>>;
  drill(id: DrillId): Promise<Drill | null>;
  /** Newest first. */
  list(limit: number, after: string | null): Promise<Page<Drill>>;
  /** As of now, also while it runs. */
  sheet(drill: Drill): Promise<DrillSheet>;
}
