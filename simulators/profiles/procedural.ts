import type { AreaRow, AssetRow, City, FirstKind, Instrument, Kind } from '../city.ts';
import { knownKind } from '../lifelines/index.ts';
import { isFirst, lifelineOf } from '../models/index.ts';
import { chance } from '../random.ts';

export type Plan = {
  readonly key: string;
  readonly name: string;
  readonly areas: readonly AreaRow[];
  readonly centre: { readonly lon: number; readonly lat: number };
  /** How far from the centre things may stand, degrees. */
  readonly spread: number;
  readonly counts: Readonly<Partial<Record<Kind, number>>>;
  readonly bridges: { readonly count: number; readonly mix: Readonly<Partial<Record<Kind, number>>> };
  readonly intervals: Readonly<Partial<Record<Kind, number>>>;
  readonly absent: readonly string[];
};

const PREFIX: Readonly<Record<FirstKind, string>> = {
  'gas-chamber': 'GAS',
  'gas-station': 'GST',
  'flood-depth': 'WL',
  'rain-gauge': 'RAIN',
  'drain-level': 'DRN',
  cover: 'MH',
  'bridge-deflection': 'BRD',
  'bridge-strain': 'BRS',
  'bridge-weigh': 'BRW',
  'bridge-vibration': 'BRV',
  'bridge-weather': 'BRM',
};

const NAME: Readonly<Record<FirstKind, string>> = {
  'gas-chamber': '燃气相邻空间',
  'gas-station': '调压站',
  'flood-depth': '易涝点积水',
  'rain-gauge': '雨量站',
  'drain-level': '排水管网液位',
  cover: '窨井盖',
  'bridge-deflection': '挠度',
  'bridge-strain': '应变',
  'bridge-weigh': '动态称重',
  'bridge-vibration': '振动',
  'bridge-weather': '桥面气象',
};

/** Half of the streets of China. No real geometry: the points stand where chance puts them. */
const ROADS = [
  '人民',
  '建设',
  '和平',
  '光明',
  '解放',
  '文化',
  '新华',
  '中山',
  '胜利',
  '长江',
  '黄山',
  '望江',
];
const OWNER: Readonly<Record<string, string>> = {
  gas: '燃气公司',
  waterlogging: '排水管理处',
  manhole: '市政设施管理处',
  bridge: '桥梁管理所',
};
const DEFAULT_INTERVAL = 300_000;

/** How instruments of a kind are called, whose they are, and how often they report. */
function about(kind: Kind): { prefix: string; name: string; owner: string; interval: number } {
  if (isFirst(kind)) {
    const owner = OWNER[lifelineOf(kind)] ?? '';
    return { prefix: PREFIX[kind], name: NAME[kind], owner, interval: DEFAULT_INTERVAL };
  }
  const { kind: known, lifeline } = knownKind(kind);
  return {
    prefix: known.prefix,
    name: known.name,
    owner: lifeline.owner,
    interval: known.intervalMin * 60_000,
  };
}

const CHAMBERS_PER_GATEWAY = 20;

/** A city laid out by rule: right in its numbers and kinds, invented in everything else. */
export function procedural(plan: Plan): City {
  const dice = chance(1, `city/${plan.key}`);
  const districts = plan.areas.filter((a) => a.parent !== null);
  const assets: AssetRow[] = [];
  const instruments: Instrument[] = [];

  const asset = (code: string, name: string, lifeline: string, owner: string): AssetRow => {
    const row: AssetRow = {
      code,
      name,
      lifeline,
      area: dice.pick(districts).code,
      owner: `${plan.name}${owner}`,
      lon: plan.centre.lon + dice.between(-plan.spread, plan.spread),
      lat: plan.centre.lat + dice.between(-plan.spread, plan.spread),
    };
    assets.push(row);
    return row;
  };
  const install = (kind: Kind, n: number, at: AssetRow, what: string): void => {
    instruments.push({
      code: `${about(kind).prefix}-${String(n).padStart(5, '0')}`,
      name: `${at.name}${what}`,
      kind,
      asset: at.code,
      lon: at.lon,
      lat: at.lat,
      vendor: '模拟',
      serial: `${about(kind).prefix}${n}`,
      gateway: kind === 'gas-chamber' ? `GW-${Math.ceil(n / CHAMBERS_PER_GATEWAY)}` : null,
      interval: plan.intervals[kind] ?? about(kind).interval,
    });
  };

  for (const [kind, count] of Object.entries(plan.counts) as [Kind, number][]) {
    for (let n = 1; n <= count; n++) {
      const where = `${dice.pick(ROADS)}路 ${dice.whole(1, 400)} 号`;
      const { prefix, name, owner } = about(kind);
      const code = `A-${prefix}-${String(n).padStart(5, '0')}`;
      install(kind, n, asset(code, `${where}${name}`, lifelineOf(kind), owner), '');
    }
  }
  const numbered: Partial<Record<Kind, number>> = {};
  for (let b = 1; b <= plan.bridges.count; b++) {
    const at = asset(
      `A-BR-${String(b).padStart(3, '0')}`,
      `${dice.pick(ROADS)}路${b}号桥`,
      'bridge',
      OWNER.bridge ?? '',
    );
    for (const [kind, total] of Object.entries(plan.bridges.mix) as [Kind, number][]) {
      // The total is spread over the bridges as evenly as it goes.
      const upTo = Math.round((total * b) / plan.bridges.count);
      for (let i = 1; (numbered[kind] ?? 0) < upTo; i++) {
        numbered[kind] = (numbered[kind] ?? 0) + 1;
        install(kind, numbered[kind] ?? 0, at, `${about(kind).name} ${i}`);
      }
    }
  }
  return {
    key: plan.key,
    name: plan.name,
    areas: plan.areas,
    assets,
    instruments,
    absent: plan.absent,
  };
}
