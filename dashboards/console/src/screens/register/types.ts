import type { z } from 'zod';
import type { issuedOut, keyOut } from '../../../../../src/wire/http/device-keys.ts';
import type { deviceFaultOut, deviceQualityOut } from '../../../../../src/wire/http/quality.ts';
import type { quarantinedOut } from '../../../../../src/wire/http/quarantine.ts';
import type { latestItem } from '../../../../../src/wire/http/readings.ts';
import type {
  areaOut,
  assetOut,
  deviceOut,
  importOut,
  pointOut,
} from '../../../../../src/wire/http/register.ts';
import type { RuleJson } from '../../state/catalog.ts';

/** The register as the public interface says it. */
export type Area = z.infer<typeof areaOut>;
export type Asset = z.infer<typeof assetOut>;
export type Point = z.infer<typeof pointOut>;
export type Device = z.infer<typeof deviceOut>;
export type Latest = z.infer<typeof latestItem>;
export type Issued = z.infer<typeof issuedOut>;
export type Credential = z.infer<typeof keyOut>;
export type Quarantined = z.infer<typeof quarantinedOut>;
export type DeviceFault = z.infer<typeof deviceFaultOut>;
export type DeviceQuality = z.infer<typeof deviceQualityOut>;
export type ImportReport = z.infer<typeof importOut>;

/** By which the service watches itself: no part of the city. */
export const OWN_LIFELINE = 'platform';

export type Person = { readonly account: string; readonly name: string };
export type RuleScope = { readonly kind: 'lifeline' | 'area' | 'point'; readonly code: string | null };
/** Whose number it is. */
export type From =
  | { readonly is: 'pack'; readonly source: { readonly mark: 'V' | 'V2' | 'R' | 'D'; readonly ref: string } }
  | {
      readonly is: 'override';
      readonly scope: RuleScope;
      readonly version: number;
      readonly by: Person;
      readonly approvedBy: Person | null;
      readonly at: string;
      readonly reason: string;
    };
type NumberOf<T> = { readonly value: T; readonly from: From };
/** From the strictest to the widest. */
export const JUDGES = ['strictly-good', 'good', 'measured'] as const;
export type Judges = (typeof JUDGES)[number];
export type Level = 1 | 2 | 3 | 4;
export type StepNumbers = {
  readonly level: Level;
  readonly enabled: NumberOf<boolean>;
  readonly limit: NumberOf<Readonly<Record<string, number>>>;
  readonly deadband: NumberOf<number>;
  readonly onDelayMs: NumberOf<number>;
  readonly offDelayMs: NumberOf<number>;
};
/** A rule as it is in force, and whose numbers those are. */
export type EffectiveRule = RuleJson & {
  readonly lifeline: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly overridden: boolean;
  readonly numbers: readonly StepNumbers[];
  /** Which readings it judges; absent: `good`. */
  readonly judges?: Judges;
  /** Absent: the pack. */
  readonly judgesFrom?: Extract<From, { is: 'override' }>;
  /** Asked about a point: why the rule can say nothing of it. */
  readonly unjudged?: {
    readonly why: 'too-sparse' | 'too-little-yet' | 'learning' | 'no-baseline';
    readonly everyMs?: number;
    readonly windowMs?: number;
  };
};

/** Answer of `POST /telemetry/check`. */
export type Checked = {
  readonly pointCode: string | null;
  readonly wouldRegister: boolean;
  readonly values: readonly {
    readonly metric: string;
    readonly given: number | null;
    readonly value: number | null;
    readonly unit: string;
    readonly quality: Latest['quality'];
    readonly why?: NonNullable<Latest['why']>;
    readonly deviceTime: string | null;
    readonly clockOff: boolean;
    readonly observedAt: string;
  }[];
  readonly frames: readonly {
    readonly metric: string;
    readonly samples: number;
    readonly dt: number;
    readonly observedAt: string;
  }[];
  readonly flaws: readonly { readonly code: string; readonly detail: string }[];
};
