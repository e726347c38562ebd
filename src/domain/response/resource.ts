import type { AreaCode, LifelineKey, UnitCode } from '../ids.ts';
import type { Level } from '../level.ts';
import type { Millis } from '../time.ts';

export const RESOURCE_KINDS = [
  'team',
  'goods',
  'shelter',
  'hospital',
  'pump',
  'camera',
  'fire-station',
  'other',
] as const;

/** 应急资源: what is there to respond with: teams, goods, shelters, hospitals, pumps, cameras. */
export type Resource = {
  readonly code: string;
  readonly kind: (typeof RESOURCE_KINDS)[number];
  readonly name: string;
  readonly area: AreaCode;
  /** Degrees; `null`: nobody has placed it. */
  readonly lon: number | null;
  readonly lat: number | null;
  /** How many, of what. */
  readonly quantity: number | null;
  readonly measure: string | null;
  /** The unit that keeps it, whose duty room is called. */
  readonly keeper: UnitCode | null;
  readonly videoUrl: string | null;
  readonly revision: number;
  readonly at: Millis;
};

/** 预案: what is done, step by step, in an incident of a kind, level and place. */
export type EmergencyPlan = {
  readonly code: string;
  readonly name: string;
  /** Of what: 燃气泄漏, 内涝. */
  readonly kind: string;
  /** Empty: any; likewise the others. */
  readonly lifelines: readonly LifelineKey[];
  readonly levels: readonly Level[];
  readonly areas: readonly AreaCode[];
  readonly steps: readonly { readonly text: string; readonly who: string | null }[];
  readonly revision: number;
  readonly at: Millis;
};
