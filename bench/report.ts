import type { CalmFigure } from './calm.ts';
import type { CalmCheck } from './calm-check.ts';
import type { DoorsFigure } from './doors/measure.ts';
import type { ExportsFigure } from './exports/measure.ts';
import type { HistoryFigure } from './history/measure.ts';
import type { JudgingFigure } from './judging.ts';
import type { Latency } from './latency.ts';
import type { LoadFigure } from './load.ts';
import type { Options } from './options.ts';
import type { ResponseFigure } from './response/measure.ts';
import type { Soak } from './soak.ts';
import type { ToldFigure } from './told.ts';

/** What `--json` writes. Ratios are service ÷ bare broker, both of this very run. */
export type Report = {
  readonly machine: { readonly cores: number; readonly model: string; readonly node: string };
  readonly options: Options;
  intake?: {
    readonly rounds: readonly IntakeFigure[];
    readonly summary: readonly IntakeSummary[];
    /** Not zero: the service refused or set aside part of the load, and the figure is not what it seems. */
    readonly setAside: Readonly<Record<string, number>>;
  };
  latency?: {
    readonly background: number;
    readonly rawHop: Latency;
    readonly toConsole: Latency;
    readonly p50Ratio: number | null;
    readonly p99Ratio: number | null;
  };
  judging?: JudgingFigure;
  soak?: Soak;
  history?: HistoryFigure;
  told?: ToldFigure;
  doors?: DoorsFigure;
  response?: ResponseFigure;
  exports?: ExportsFigure;
  calm?: CalmFigure;
  check?: CalmCheck;
};

/** A QoS 0 message that the service dropped because it was full was sent, but not taken in. */
export type IntakeFigure = LoadFigure & { readonly dropped: number; readonly keptPerSecond: number };
export type IntakeSummary = {
  readonly qos: 0 | 1;
  readonly barePerSecond: number;
  readonly servicePerSecond: number;
  readonly ratio: number;
  readonly bareCpuMicros: number | null;
  readonly serviceCpuMicros: number | null;
  readonly bareAckP99Ms: number | null;
  readonly serviceAckP99Ms: number | null;
  readonly serviceRssMiB: number | null;
};
