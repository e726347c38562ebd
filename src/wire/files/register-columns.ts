import type { Bilingual } from '../../domain/text.ts';
import { codeIn, lineIn } from '../http/shapes.ts';
import { csvLine } from './csv.ts';

/** Columns of a register file: key and Chinese heading; a row fills those that its kind has. */
export const COLUMNS = [
  ['kind', '类型'],
  ['code', '编码'],
  ['name', '名称'],
  ['lifeline', '业务专项'],
  ['parent', '上级区域'],
  ['area', '区域'],
  ['asset', '设施'],
  ['point', '监测点'],
  ['owner', '权属单位'],
  ['lon', '经度'],
  ['lat', '纬度'],
  ['crs', '坐标系'],
  ['vendor', '厂商'],
  ['serial', '序列号'],
  ['installedAt', '安装时间'],
  ['unverified', '待核实'],
  ['attributes', '属性'],
  ['model', '型号'],
  ['ownerUnit', '权属单位编码'],
  ['geometry', '几何'],
  ['unit', '所属单位'],
  ['unitKind', '单位类别'],
  ['areas', '负责区域'],
  ['lifelines', '负责专项'],
  ['phone', '值班电话'],
  ['post', '岗位'],
  ['mobile', '手机号'],
  ['email', '邮箱'],
  ['account', '登录账号'],
  ['dingtalk', '钉钉'],
  ['wecom', '企业微信'],
  ['feishu', '飞书'],
] as const;
export type Column = (typeof COLUMNS)[number][0];

export type RowError = { readonly column: Column | null; readonly code: string; readonly say: Bilingual };

export const bad = (column: Column | null, code: string, zh: string, en: string): RowError => ({
  column,
  code,
  say: { zh, en },
});

/** Cells of one row that are filled in. */
export type Filled = ReadonlyMap<Column, string>;

const lineShape = lineIn(100);
export function line(filled: Filled, column: Column, errors: RowError[]): string | undefined {
  const cell = filled.get(column);
  if (cell === undefined) return undefined;
  if (lineShape.safeParse(cell).success) return cell;
  errors.push(
    bad(column, 'text-bad', '至多 100 字，不含控制字符', 'at most 100 characters, no control characters'),
  );
  return undefined;
}

export function code(filled: Filled, column: Column, errors: RowError[]): string | undefined {
  const cell = filled.get(column);
  if (cell === undefined || codeIn.safeParse(cell).success) return cell;
  errors.push(
    bad(
      column,
      'code-bad',
      '编码由字母、数字、_ 和 - 组成，至多 64 位',
      'a code is 1 to 64 of A-Z a-z 0-9 _ -',
    ),
  );
  return undefined;
}

export const row = (cells: Partial<Record<Column, string | number | null>>) =>
  csvLine(COLUMNS.map(([key]) => cells[key] ?? null));
