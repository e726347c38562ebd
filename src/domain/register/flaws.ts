import type { Bilingual } from '../text.ts';
import { FAULT_VALUES_FORM, isAttribute } from './fault-values.ts';
import type { RegisterLook } from './look.ts';
import type { Area, RegisterEntry } from './register.ts';

export type RegisterField =
  | 'name'
  | 'lifeline'
  | 'parent'
  | 'area'
  | 'asset'
  | 'point'
  | 'model'
  | 'attributes'
  | 'until';

/** What is wrong with one field of a change, and what would be right; `null`: with the thing as a whole. */
export type RegisterFlaw = {
  readonly field: RegisterField | null;
  readonly code: string;
  readonly say: Bilingual;
};

export const flaw = (field: RegisterField | null, code: string, zh: string, en: string): RegisterFlaw => ({
  field,
  code,
  say: { zh, en },
});

/** 市 → 区 → 街道 → 社区 is four; nobody needs more than this. */
const DEEPEST = 16;

/** What stands in the way of an entry; nothing when the register may have it. */
export function flawsOf(
  entry: RegisterEntry,
  register: RegisterLook,
  lifelines: ReadonlySet<string>,
): readonly RegisterFlaw[] {
  switch (entry.kind) {
    case 'area':
      return areaFlaws(entry.area, register);
    case 'asset': {
      const { asset } = entry;
      return [
        ...lifelineFlaws(asset.lifeline, register.asset(asset.code)?.lifeline, lifelines),
        ...(register.area(asset.area) ? [] : [unknown('area', asset.area)]),
      ];
    }
    case 'point': {
      const { point } = entry;
      const asset = point.asset === null ? null : register.asset(point.asset);
      return [
        ...lifelineFlaws(point.lifeline, register.point(point.code)?.lifeline, lifelines),
        ...(register.area(point.area) ? [] : [unknown('area', point.area)]),
        ...(asset === undefined ? [unknown('asset', point.asset ?? '')] : []),
        ...(asset && asset.lifeline !== point.lifeline ? [otherLifeline('asset', asset.lifeline)] : []),
        ...attributesFlaws(point.attributes),
      ];
    }
    case 'model':
      return attributesFlaws(entry.model.attributes);
    case 'device': {
      const { device } = entry;
      const point = device.point === null ? null : register.point(device.point);
      return [
        ...lifelineFlaws(device.lifeline, register.device(device.code)?.lifeline, lifelines),
        ...(point === undefined ? [unknown('point', device.point ?? '')] : []),
        ...(point && point.lifeline !== device.lifeline ? [otherLifeline('point', point.lifeline)] : []),
        ...(device.model !== undefined && register.model(device.model) === undefined
          ? [unknown('model', device.model)]
          : []),
        ...attributesFlaws(device.attributes ?? {}),
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

function lifelineFlaws(
  lifeline: string,
  before: string | undefined,
  lifelines: ReadonlySet<string>,
): readonly RegisterFlaw[] {
  if (!lifelines.has(lifeline)) {
    const all = [...lifelines].join(', ');
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

const attributesFlaws = (attributes: Readonly<Record<string, string>>): readonly RegisterFlaw[] =>
  Object.entries(attributes).every(([key, text]) => isAttribute(key, text))
    ? []
    : [flaw('attributes', 'attributes-bad', FAULT_VALUES_FORM.zh, FAULT_VALUES_FORM.en)];

const unknown = (field: 'area' | 'asset' | 'point' | 'model' | 'parent', code: string) =>
  flaw(field, `${field}-unknown`, `编码 ${code} 不存在`, `there is no ${code}`);

const otherLifeline = (field: 'asset' | 'point', lifeline: string) =>
  flaw(
    field,
    'other-lifeline',
    `属于另一业务专项（${lifeline}）`,
    `it belongs to another lifeline (${lifeline})`,
  );
