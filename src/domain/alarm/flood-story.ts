import type { AlarmId, AreaCode, AssetCode, LifelineKey, PointCode } from '../ids.ts';
import { isGraver, type Level } from '../level.ts';
import type { Bilingual } from '../text.ts';
import type { Millis } from '../time.ts';
import { CALM, calmedBy, endsAt, FLOOD_WINDOW, type FloodWatch, raisedAt } from './flood.ts';

/** An alarm as a flood remembers it. */
export type FloodAlarm = {
  readonly alarm: AlarmId;
  /** When it was raised, our clock. */
  readonly at: Millis;
  readonly level: Level;
  readonly lifeline: LifelineKey;
  readonly area: AreaCode;
  readonly point: PointCode;
  readonly pointName: string;
  readonly asset: AssetCode | null;
  readonly assetName: string | null;
  readonly ruleName: Bilingual;
};

/** What came from one asset, or from the points of one area that belong to none. */
export type FloodGroup = {
  readonly asset: AssetCode | null;
  readonly assetName: string | null;
  readonly area: AreaCode;
  raised: number;
  /** The gravest at the raise. */
  level: Level;
  readonly firstOut: FloodAlarm;
};

/** 报警泛滥: what came, by where it came from, and what came first. The alarms themselves stay in the list. */
export type Flood = {
  readonly since: Millis;
  raised: number;
  /** 首出: what came first is most often what the others come from. */
  readonly firstOut: FloodAlarm;
  /** What came from assets beyond the most that are told apart is in `raised` alone. */
  readonly groups: Map<string, FloodGroup>;
};

export type FloodState = {
  readonly watch: FloodWatch;
  /** Of `watch.recent`, in its order. */
  readonly lately: readonly FloodAlarm[];
  readonly flood: Flood | null;
};

export const NO_FLOOD: FloodState = { watch: CALM, lately: [], flood: null };

/** Groups told apart in one flood. */
export const GROUPS_AT_MOST = 500;

/** One more alarm was raised and shown. The flood grows in place: this runs for each of ten thousand. */
export function floodAfter(state: FloodState, alarm: FloodAlarm): FloodState {
  const { watch: before } = floodBy(state, alarm.at);
  const watch = raisedAt(before, alarm.at);
  const lately = [...state.lately, alarm].slice(-watch.recent.length);
  if (watch.since === null) return { watch, lately, flood: null };
  const going = before.since === null ? null : state.flood;
  if (going !== null) {
    add(going, alarm);
    return { watch, lately, flood: going };
  }
  const [firstOut = alarm] = lately;
  const flood: Flood = { since: watch.since, raised: 0, firstOut, groups: new Map() };
  for (const one of lately) add(flood, one);
  return { watch, lately, flood };
}

/** The state as time has gone on. @returns `state` itself where nothing has changed */
export function floodBy(state: FloodState, now: Millis): FloodState {
  const watch = calmedBy(state.watch, now);
  return watch === state.watch ? state : { ...state, watch, flood: null };
}

/** True when nothing of it matters any more. */
export function isForgotten(state: FloodState, now: Millis): boolean {
  const newest = state.watch.recent[state.watch.recent.length - 1];
  return state.flood === null && (newest === undefined || now - newest >= FLOOD_WINDOW);
}

/** When it ends if nothing more comes. */
export const endOf = (state: FloodState): Millis | null => endsAt(state.watch);

function add(flood: Flood, alarm: FloodAlarm): void {
  flood.raised++;
  const key = alarm.asset === null ? `area ${alarm.area}` : `asset ${alarm.asset} ${alarm.area}`;
  const group = flood.groups.get(key);
  if (group !== undefined) {
    group.raised++;
    if (isGraver(alarm.level, group.level)) group.level = alarm.level;
  } else if (flood.groups.size < GROUPS_AT_MOST) {
    const { asset, assetName, area, level } = alarm;
    flood.groups.set(key, { asset, assetName, area, raised: 1, level, firstOut: alarm });
  }
}
