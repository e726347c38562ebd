import type { UnitCode } from '../ids.ts';
import { FAULT_VALUES_FORM, isAttribute, metricOfFaultValues } from './fault-values.ts';
import { flaw, type RegisterFlaw } from './flaw.ts';
import { FLOW, FLOWS } from './geometry.ts';
import { geometryFlaws } from './geometry-flaws.ts';
import type { RegisterLook } from './look.ts';
import type { Area, Asset, RegisterEntry } from './register.ts';

type Attributes = Readonly<Record<string, string>>;
/** Those of the packs, with the metrics of each. */
export type Lifelines = ReadonlyMap<string, ReadonlySet<string>>;

/** What a change is held against besides the register. */
export type Surroundings = {
  readonly lifelines: Lifelines;
  /** Those of the service itself, in which nobody else has anything. Left out: none. */
  readonly reserved?: ReadonlySet<string>;
  /** Codes of units 单位. */
  readonly units: { has(code: UnitCode): boolean };
};

/** 市 → 区 → 街道 → 社区 is four; nobody needs more than this. */
const DEEPEST = 16;

/** What stands in the way of an entry; nothing when the register may have it. */
export function flawsOf(
  entry: RegisterEntry,
  register: RegisterLook,
  { lifelines, units, reserved }: Surroundings,
): readonly RegisterFlaw[] {
  switch (entry.kind) {
    case 'area':
      return areaFlaws(entry.area, register);
    case 'asset': {
      const { asset } = entry;
      return [
        ...lifelineFlaws(asset.lifeline, register.asset(asset.code)?.lifeline, { lifelines, reserved }),
        ...(register.area(asset.area) ? [] : [unknown('area', asset.area)]),
        ...ownerFlaws(asset, units),
        ...geometryFlaws(asset.geometry),
        ...flowFlaws(asset.attributes),
      ];
    }
    case 'point': {
      const { point } = entry;
      const asset = point.asset === null ? null : register.asset(point.asset);
      return [
        ...lifelineFlaws(point.lifeline, register.point(point.code)?.lifeline, { lifelines, reserved }),
        ...(register.area(point.area) ? [] : [unknown('area', point.area)]),
        ...ownerFlaws(point, units),
        ...(asset === undefined ? [unknown('asset', point.asset ?? '')] : []),
        ...(asset && asset.lifeline !== point.lifeline ? [otherLifeline('asset', asset.lifeline)] : []),
        ...attributesFlaws(
          point.attributes,
          register.point(point.code)?.attributes,
          lifelines.get(point.lifeline),
        ),
      ];
    }
    case 'model':
      return attributesFlaws(
        entry.model.attributes,
        register.model(entry.model.code)?.attributes,
        new Set([...lifelines.values()].flatMap((metrics) => [...metrics])),
      );
    case 'device': {
      const { device } = entry;
      const point = device.point === null ? null : register.point(device.point);
      return [
        ...lifelineFlaws(device.lifeline, register.device(device.code)?.lifeline, { lifelines, reserved }),
        ...(point === undefined ? [unknown('point', device.point ?? '')] : []),
        ...(point && point.lifeline !== device.lifeline ? [otherLifeline('point', point.lifeline)] : []),
        ...(device.model !== undefined && register.model(device.model) === undefined
          ? [unknown('model', device.model)]
          : []),
        ...attributesFlaws(
          device.attributes ?? {},
          register.device(device.code)?.attributes,
          lifelines.get(device.lifeline),
        ),
      ];
    }
  }
}

function areaFlaws(area: Area, register: RegisterLook): readonly RegisterFlaw[] {
  let { parent } = area;
  for (let depth = 0; parent !== null; depth++) {
    if (parent === area.code || depth === DEEPEST) {
      return [flaw('parent', 'area-circle', '上级区域构成循环', 'its parents lead back to itself')];
    }
    const above = register.area(parent);
    if (above === undefined) return [unknown('parent', parent)];
    parent = above.parent;
  }
  return [];
}

const ownerFlaws = (
  { ownerUnit }: Pick<Asset, 'ownerUnit'>,
  units: Surroundings['units'],
): readonly RegisterFlaw[] =>
  ownerUnit === undefined || units.has(ownerUnit)
    ? []
    : [flaw('ownerUnit', 'unit-unknown', `没有单位 ${ownerUnit}`, `there is no unit ${ownerUnit}`)];

function lifelineFlaws(
  lifeline: string,
  before: string | undefined,
  { lifelines, reserved }: { lifelines: Lifelines; reserved: ReadonlySet<string> | undefined },
): readonly RegisterFlaw[] {
  if (!lifelines.has(lifeline) || (before === undefined && reserved?.has(lifeline) === true)) {
    const all = [...lifelines.keys()].filter((key) => reserved?.has(key) !== true).join(', ');
    return [
      flaw(
        'lifeline',
        'lifeline-unknown',
        `没有该业务专项，可用：${all}`,
        `no such lifeline; there are: ${all}`,
      ),
    ];
  }
  if (before !== undefined && before !== lifeline) {
    return [
      flaw(
        'lifeline',
        'lifeline-fixed',
        `业务专项不可更改（现为 ${before}）：历史和规则都属于它`,
        `the lifeline stays what it is (${before}): history and rules belong to it`,
      ),
    ];
  }
  return [];
}

const FLOW_BAD = flaw(
  'attributes',
  'flow-bad',
  'flow（流向）须为 along（与绘制方向一致）或 against（相反）',
  'flow is along (as it is drawn) or against it',
);
const flowFlaws = (attributes: Attributes = {}): readonly RegisterFlaw[] =>
  attributes[FLOW] === undefined || FLOWS.includes(attributes[FLOW]) ? [] : [FLOW_BAD];

/** @param metrics those that it may have fault values of; left out where its lifeline is not known either */
function attributesFlaws(
  attributes: Attributes,
  before: Attributes = {},
  metrics?: ReadonlySet<string>,
): readonly RegisterFlaw[] {
  const all = Object.entries(attributes);
  if (!all.every(([key, text]) => isAttribute(key, text)))
    return [flaw('attributes', 'attributes-bad', FAULT_VALUES_FORM.zh, FAULT_VALUES_FORM.en)];
  if (metrics === undefined) return [];
  // What stood there before is of an older pack, and bars no other change.
  return all.flatMap(([key, text]) => {
    const metric = metricOfFaultValues(key);
    if (metric === null || metrics.has(metric) || before[key] === text) return [];
    const right = nearest(metric, metrics).join(', ');
    return [
      flaw(
        'attributes',
        'fault-metric-unknown',
        `${key}：没有指标 ${metric}，可用：${right}`,
        `${key}: there is no metric ${metric}; there are: ${right}`,
      ),
    ];
  });
}

const NAMED_AT_MOST = 12;

/** Those that begin as it does come first. */
function nearest(metric: string, metrics: ReadonlySet<string>): readonly string[] {
  const shared = (other: string): number => {
    let n = 0;
    while (n < other.length && other[n] === metric[n]) n += 1;
    return n;
  };
  return [...metrics].sort((a, b) => shared(b) - shared(a) || (a < b ? -1 : 1)).slice(0, NAMED_AT_MOST);
}

const unknown = (field: 'area' | 'asset' | 'point' | 'model' | 'parent', code: string) =>
  flaw(field, `${field}-unknown`, `编码 ${code} 不存在`, `there is no ${code}`);

const otherLifeline = (field: 'asset' | 'point', lifeline: string) =>
  flaw(
    field,
    'other-lifeline',
    `属于另一业务专项（${lifeline}）`,
    `it belongs to another lifeline (${lifeline})`,
  );
