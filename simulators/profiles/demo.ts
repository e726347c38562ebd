import type { AreaRow, AssetRow, City, Instrument, Kind } from '../city.ts';
import { STREETS } from '../maps/linlan.ts';

/**
 * 临澜市: a city that does not exist, nowhere near any that does not either. Names are the kind one finds in a
 * register; codes start with 99, which GB/T 2260 has never given out.
 */
const AREAS: readonly AreaRow[] = [
  { code: '990100', name: '临澜市', parent: null },
  { code: '990102', name: '澜东区', parent: '990100' },
  { code: '990103', name: '云麓区', parent: '990100' },
  { code: '990104', name: '柳汀区', parent: '990100' },
  { code: '990102001', name: '鼓楼街道', parent: '990102' },
  { code: '990102002', name: '北渡街道', parent: '990102' },
  { code: '990103001', name: '书院街道', parent: '990103' },
  { code: '990103002', name: '桐荫街道', parent: '990103' },
  { code: '990104001', name: '沙咀街道', parent: '990104' },
  { code: '990104002', name: '茶亭街道', parent: '990104' },
];

const OWNER = {
  gas: '临澜燃气有限公司',
  drainage: '临澜市排水事务中心',
  covers: '临澜市市政设施管理处',
  bridges: '临澜市桥隧养护中心',
} as const;

/** Mains and the like: under which street, of which line, and what a register says of such. */
const MAINS: readonly (readonly [
  street: string,
  what: string,
  lifeline: string,
  owner: string,
  area: string,
  Readonly<Record<string, string>>,
])[] = [
  [
    '云麓大道',
    '中压燃气干管',
    'gas',
    OWNER.gas,
    '990103001',
    { 管径: 'DN315', 材质: 'PE100', 年代: '2012', flow: 'along' },
  ],
  [
    '书院街',
    '中压燃气干管',
    'gas',
    OWNER.gas,
    '990103001',
    { 管径: 'DN250', 材质: 'PE80', 年代: '2008', flow: 'along' },
  ],
  [
    '桐荫路',
    '中压燃气支管',
    'gas',
    OWNER.gas,
    '990103002',
    { 管径: 'DN160', 材质: 'PE80', 年代: '2015', flow: 'against' },
  ],
  [
    '鼓楼东街',
    '中压燃气支管',
    'gas',
    OWNER.gas,
    '990102001',
    { 管径: 'DN200', 材质: '钢管', 年代: '1998', flow: 'along' },
  ],
  [
    '茶亭路',
    '中压燃气干管',
    'gas',
    OWNER.gas,
    '990104002',
    { 管径: 'DN250', 材质: 'PE100', 年代: '2017', flow: 'along' },
  ],
  [
    '澜江路',
    '雨水干管',
    'waterlogging',
    OWNER.drainage,
    '990102002',
    { 断面: '2.4×2.0 m 箱涵', 年代: '2006', flow: 'along' },
  ],
  [
    '沙咀路',
    '雨水干管',
    'waterlogging',
    OWNER.drainage,
    '990104001',
    { 管径: 'DN1500', 材质: '钢筋混凝土', 年代: '2003', flow: 'along' },
  ],
  [
    '望澜街',
    '雨水干管',
    'waterlogging',
    OWNER.drainage,
    '990102001',
    { 管径: 'DN1200', 材质: '钢筋混凝土', 年代: '1999', flow: 'along' },
  ],
];

/** Where rain is kept back. */
const BASIN = {
  name: '柳汀雨水调蓄池',
  border: [
    [117.9722, 31.0019],
    [117.9741, 31.0023],
    [117.9745, 31.0009],
    [117.9726, 31.0006],
  ],
  attributes: { 容积: '12000 m³', 年代: '2021' },
} as const;

const VENDOR = { gas: '澜芯传感', water: '北渡仪表', cover: '青枫物联', bridge: '云麓测控' } as const;

type Spot = readonly [place: string, area: string, lon: number, lat: number];

/** Chambers around one crossing: a leak in the main under it reaches them one after the other. */
const CROSSINGS: readonly (readonly [...Spot, wells: readonly string[]])[] = [
  [
    '云麓大道与书院街路口',
    '990103001',
    118.0021,
    31.0312,
    ['燃气阀门井', '雨水井', '污水井', '电力井', '通信井'],
  ],
  [
    '桐荫路与青枫路路口',
    '990103002',
    118.0163,
    31.0447,
    ['燃气阀门井', '雨水井', '污水井', '电力井', '通信井'],
  ],
  ['鼓楼东街与望澜街路口', '990102001', 118.0405, 31.0268, ['燃气阀门井', '雨水井', '电力井', '热力井']],
  ['沙咀路与石埠巷路口', '990104001', 117.9788, 31.0139, ['燃气阀门井', '雨水井', '污水井', '通信井']],
  ['茶亭路与柳汀路路口', '990104002', 117.9654, 31.0026, ['雨水井', '污水井', '电力井', '通信井']],
];

const STATIONS: readonly Spot[] = [
  ['北渡调压站', '990102002', 118.0573, 31.0389],
  ['茶亭调压站', '990104002', 117.9601, 30.9987],
];

const LOW_ROADS: readonly Spot[] = [
  ['北渡路铁路下穿通道', '990102002', 118.0541, 31.0412],
  ['鼓楼东街下穿立交', '990102001', 118.0437, 31.0255],
  ['云麓大道隧道东口', '990103001', 118.0052, 31.0334],
  ['澜江路高架桥下', '990102002', 118.0498, 31.0351],
  ['沙咀路低洼段', '990104001', 117.9761, 31.0117],
  ['柳汀路第三小学门前', '990104002', 117.9672, 31.0048],
  ['望澜街菜市场口', '990102001', 118.0386, 31.0283],
  ['书院街市二院门前', '990103001', 117.9995, 31.0297],
  ['桐荫路公交首末站', '990103002', 118.0181, 31.0463],
  ['石埠巷老小区入口', '990104001', 117.9803, 31.0152],
];

const GAUGES: readonly Spot[] = [
  ['北渡雨量站', '990102002', 118.0559, 31.0401],
  ['茶亭雨量站', '990104002', 117.963, 31.0012],
];

const COVERS: readonly Spot[] = [
  ['云麓大道辅路 12 号井', '990103001', 118.0033, 31.0321],
  ['云麓大道辅路 13 号井', '990103001', 118.0041, 31.0326],
  ['青枫路人行道 3 号井', '990103002', 118.017, 31.0439],
  ['青枫路人行道 4 号井', '990103002', 118.0177, 31.0433],
  ['望澜街步行街 7 号井', '990102001', 118.0398, 31.0274],
  ['望澜街步行街 8 号井', '990102001', 118.0402, 31.0271],
  ['北渡路货运场门前 1 号井', '990102002', 118.053, 31.042],
  ['北渡路货运场门前 2 号井', '990102002', 118.0535, 31.0424],
  ['沙咀路工业园东门 5 号井', '990104001', 117.9749, 31.0109],
  ['石埠巷 9 号院外井', '990104001', 117.9808, 31.0157],
  ['茶亭路地铁站 B 口井', '990104002', 117.9648, 31.002],
  ['柳汀路公园南门井', '990104002', 117.9667, 31.0035],
];

const BRIDGES: readonly (readonly [...Spot, sensors: readonly (readonly [string, Kind])[]])[] = [
  [
    '望澜大桥',
    '990102002',
    118.0622,
    31.0331,
    [
      ['主跨跨中挠度', 'bridge-deflection'],
      ['边跨跨中挠度', 'bridge-deflection'],
      ['主跨跨中下缘应变', 'bridge-strain'],
      ['塔根应变', 'bridge-strain'],
      ['主跨跨中振动', 'bridge-vibration'],
      ['桥面气象', 'bridge-weather'],
      ['东桥头动态称重', 'bridge-weigh'],
    ],
  ],
  [
    '柳汀桥',
    '990104002',
    117.9689,
    31.0061,
    [
      ['2 号跨跨中挠度', 'bridge-deflection'],
      ['2 号跨下缘应变', 'bridge-strain'],
      ['3 号跨下缘应变', 'bridge-strain'],
      ['2 号跨振动', 'bridge-vibration'],
      ['西桥头动态称重', 'bridge-weigh'],
    ],
  ],
];

const MINUTE = 60_000;

export function demo(): City {
  const assets: AssetRow[] = [];
  const instruments: Instrument[] = [];
  const serials = new Map<string, number>();

  const asset = (prefix: string, lifeline: string, owner: string, [name, area, lon, lat]: Spot): AssetRow => {
    const n = assets.filter((a) => a.code.startsWith(`LL-${prefix}-`)).length + 1;
    const row = { code: `LL-${prefix}-${two(n)}`, name, lifeline, area, owner, lon, lat };
    assets.push(row);
    return row;
  };
  const install = (
    { code, name, kind }: { readonly code: string; readonly name: string; readonly kind: Kind },
    at: AssetRow,
    vendor: string,
    more: { interval?: number; gateway?: string; east?: number; north?: number } = {},
  ): void => {
    const n = (serials.get(vendor) ?? 0) + 1;
    serials.set(vendor, n);
    instruments.push({
      code,
      name,
      kind,
      asset: at.code,
      lon: at.lon + (more.east ?? 0),
      lat: at.lat + (more.north ?? 0),
      vendor,
      serial: `${INITIALS[vendor] ?? 'SN'}24${String(n * 37).padStart(5, '0')}`,
      gateway: more.gateway ?? null,
      interval: more.interval ?? MINUTE,
    });
  };

  for (const [name, area, lon, lat, wells] of CROSSINGS) {
    const at = asset('RQ', 'gas', OWNER.gas, [`${name}燃气管线相邻空间`, area, lon, lat]);
    wells.forEach((well, i) => {
      install(
        { code: `GAS-${at.code.slice(-2)}${two(i + 1)}`, name: `${name}${well}`, kind: 'gas-chamber' },
        at,
        VENDOR.gas,
        {
          gateway: `GW-${at.code.slice(-2)}`,
          east: 0.00018 * i,
          north: i % 2 === 0 ? 0 : 0.00011,
        },
      );
    });
  }
  for (const [i, spot] of STATIONS.entries()) {
    install(
      { code: `GAS-9${two(i + 1)}`, name: `${spot[0]}泄漏监测`, kind: 'gas-station' },
      asset('TY', 'gas', OWNER.gas, spot),
      VENDOR.gas,
    );
  }
  for (const [i, spot] of LOW_ROADS.entries()) {
    const at = asset('NL', 'waterlogging', OWNER.drainage, spot);
    install({ code: `WL-${two(i + 1)}`, name: `${spot[0]}积水`, kind: 'flood-depth' }, at, VENDOR.water);
  }
  for (const [i, spot] of GAUGES.entries()) {
    const at = asset('YL', 'waterlogging', OWNER.drainage, spot);
    install({ code: `RAIN-${two(i + 1)}`, name: spot[0], kind: 'rain-gauge' }, at, VENDOR.water);
  }
  for (const [i, spot] of COVERS.entries()) {
    const at = asset('JG', 'manhole', OWNER.covers, spot);
    install({ code: `MH-${two(i + 1)}`, name: `${spot[0]}盖`, kind: 'cover' }, at, VENDOR.cover, {
      interval: 5 * MINUTE,
    });
  }
  for (const [b, [name, area, lon, lat, sensors]] of BRIDGES.entries()) {
    const at = asset('QL', 'bridge', OWNER.bridges, [name, area, lon, lat]);
    sensors.forEach(([what, kind], i) => {
      install({ code: `BR-${two(b + 1)}${two(i + 1)}`, name: `${name}${what}`, kind }, at, VENDOR.bridge, {
        interval: kind === 'bridge-vibration' ? 10_000 : MINUTE / 2,
        east: 0.0004 * i,
      });
    });
  }
  for (const [street, what, lifeline, owner, area, attributes] of MAINS) {
    const { course } = STREETS.find((s) => s.name === street) ?? { course: [] };
    const [lon, lat] = course[Math.floor(course.length / 2)] ?? [0, 0];
    const at = asset('GX', lifeline, owner, [`${street}${what}`, area, lon, lat]);
    assets[assets.indexOf(at)] = { ...at, course, attributes };
  }
  const [lon, lat] = BASIN.border[0];
  const basin = asset('TX', 'waterlogging', OWNER.drainage, [BASIN.name, '990104002', lon, lat]);
  assets[assets.indexOf(basin)] = { ...basin, border: BASIN.border, attributes: BASIN.attributes };
  return { key: 'demo', name: '临澜市（虚构）', areas: AREAS, assets, instruments, absent: [] };
}

const INITIALS: Readonly<Record<string, string>> = {
  [VENDOR.gas]: 'LX',
  [VENDOR.water]: 'BD',
  [VENDOR.cover]: 'QF',
  [VENDOR.bridge]: 'YL',
};

const two = (n: number): string => String(n).padStart(2, '0');
