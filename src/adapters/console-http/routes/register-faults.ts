import type { RegisterEntry } from '../../../domain/register/register.ts';
import type { RegisterView } from '../../../flow/ports/service.ts';
import { bad, type RowError } from '../../../wire/files/register-csv.ts';

/** What a change is checked against: the register, or the register with what a file is about to bring. */
export type RegisterLook = Pick<RegisterView, 'area' | 'asset' | 'point' | 'device'>;

/** 市 → 区 → 街道 → 社区 is four; nobody needs more than this. */
const DEEPEST = 16;

/** What stands in the way of a change; nothing when it may be made. */
export function faultsOf(
  change: RegisterEntry,
  register: RegisterLook,
  lifelines: ReadonlySet<string>,
): RowError[] {
  switch (change.kind) {
    case 'area':
      return areaFaults(change.area, register);
    case 'asset': {
      const { asset } = change;
      const known = register.asset(asset.code);
      return [
        ...lifelineFaults(asset.lifeline, known?.lifeline, lifelines),
        ...(register.area(asset.area) ? [] : [unknown('area', asset.area)]),
      ];
    }
    case 'point': {
      const { point } = change;
      const known = register.point(point.code);
      const asset = point.asset === null ? null : register.asset(point.asset);
      return [
        ...lifelineFaults(point.lifeline, known?.lifeline, lifelines),
        ...(register.area(point.area) ? [] : [unknown('area', point.area)]),
        ...(asset === undefined ? [unknown('asset', point.asset ?? '')] : []),
        ...(asset && asset.lifeline !== point.lifeline ? [otherLifeline('asset', asset.lifeline)] : []),
      ];
    }
    case 'device': {
      const { device } = change;
      const known = register.device(device.code);
      const point = device.point === null ? null : register.point(device.point);
      return [
        ...lifelineFaults(device.lifeline, known?.lifeline, lifelines),
        ...(point === undefined ? [unknown('point', device.point ?? '')] : []),
        ...(point && point.lifeline !== device.lifeline ? [otherLifeline('point', point.lifeline)] : []),
      ];
    }
  }
}

function areaFaults(
  area: Extract<RegisterEntry, { kind: 'area' }>['area'],
  register: RegisterLook,
): RowError[] {
  let { parent } = area;
  for (let depth = 0; parent !== null; depth++) {
    if (parent === area.code || depth === DEEPEST) {
      return [bad('parent', 'area-circle', '上级区域构成循环', 'its parents lead back to itself')];
    }
    const above = register.area(parent);
    if (above === undefined) return [unknown('parent', parent)];
    parent = above.parent;
  }
  return [];
}

function lifelineFaults(
  lifeline: string,
  before: string | undefined,
  lifelines: ReadonlySet<string>,
): RowError[] {
  if (!lifelines.has(lifeline)) {
    const all = [...lifelines].join(', ');
    return [
      bad(
        'lifeline',
        'lifeline-unknown',
        `没有该业务专项，可用：${all}`,
        `no such lifeline; there are: ${all}`,
      ),
    ];
  }
  if (before !== undefined && before !== lifeline) {
    return [
      bad(
        'lifeline',
        'lifeline-fixed',
        `业务专项不可更改（现为 ${before}）：历史和规则都属于它`,
        `the lifeline stays what it is (${before}): history and rules belong to it`,
      ),
    ];
  }
  return [];
}

const unknown = (column: 'area' | 'asset' | 'point' | 'parent', code: string) =>
  bad(column, `${column}-unknown`, `编码 ${code} 不存在`, `there is no ${code}`);

const otherLifeline = (column: 'asset' | 'point', lifeline: string) =>
  bad(
    column,
    'other-lifeline',
    `属于另一业务专项（${lifeline}）`,
    `it belongs to another lifeline (${lifeline})`,
  );
