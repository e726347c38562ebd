import type { z } from 'zod';
import type { Contact, Unit } from '../../domain/notice/unit.ts';
import { emailIn, mobileIn, phoneIn, post, unitCodeIn, unitKind } from '../http/notices/people.ts';
import { codeIn } from '../http/shapes.ts';
import { bad, type Column, code, type Filled, line, type RowError, row } from './register-columns.ts';

/** What a row of a unit or a contact asks for; only the cells that were filled in. */
export type PeopleDraft = UnitDraft | ContactDraft;
type UnitDraft = {
  readonly kind: 'unit';
  readonly code: string;
  readonly name?: string;
  readonly unitKind?: Unit['kind'];
  readonly parent?: string;
  readonly areas?: readonly string[];
  readonly lifelines?: readonly string[];
  readonly phone?: string;
};
type ContactDraft = {
  readonly kind: 'contact';
  readonly code: string;
  readonly name?: string;
  readonly unit?: string;
  readonly post?: Contact['post'];
  readonly mobile?: string;
  readonly email?: string;
  readonly account?: string;
  readonly handles?: Contact['handles'];
};

// As the console calls them (screens/rosters/words.ts).
const UNIT_KINDS: ReadonlyMap<string, Unit['kind']> = new Map([
  ['监测中心', 'centre'],
  ['区县', 'district'],
  ['街道', 'street'],
  ['社区', 'community'],
  ['部门', 'department'],
  ['权属单位', 'owner'],
  ['运营单位', 'operator'],
  ['处置队伍', 'crew'],
  ...unitKind.options.map((k) => [k, k] as const),
]);
const POSTS: ReadonlyMap<string, Contact['post']> = new Map([
  ['值班', 'duty'],
  ['值班员', 'duty'],
  ['带班', 'leader'],
  ['带班领导', 'leader'],
  ['成员', 'member'],
  ...post.options.map((p) => [p, p] as const),
]);

/** @param errors every fault of the row is added; with any, the draft is not to be used */
export function readPerson(
  kind: 'unit' | 'contact',
  filled: Filled,
  lifelines: ReadonlyMap<string, string>,
  errors: RowError[],
): PeopleDraft {
  const read = new Cells(filled, errors);
  const of = read.code('code');
  if (!filled.has('code')) errors.push(bad('code', 'code-missing', '请填写编码', 'a code must be given'));
  if (kind === 'unit' && of !== undefined && !unitCodeIn.safeParse(of).success)
    errors.push(
      bad(
        'code',
        'code-bad',
        `${of} 是通知策略的用词，不可作编码`,
        `${of} is a word of the policies, not a code`,
      ),
    );
  const fields =
    kind === 'unit'
      ? {
          name: read.line('name'),
          unitKind: read.one('unitKind', UNIT_KINDS),
          parent: read.code('parent'),
          areas: read.codes('areas'),
          lifelines: read.lifelines(lifelines),
          phone: read.shaped('phone', phoneIn, '电话由数字、空格、- 组成', 'digits, spaces and -'),
        }
      : {
          name: read.line('name'),
          unit: read.code('unit'),
          post: read.one('post', POSTS),
          mobile: read.shaped(
            'mobile',
            mobileIn,
            '手机号为 5 至 15 位数字，可带 +',
            '5 to 15 digits, + allowed',
          ),
          email: read.shaped('email', emailIn, '须为邮箱地址', 'an address of mail'),
          account: read.code('account'),
          handles: handles(read),
        };
  const present = Object.entries(fields).filter(([, v]) => v !== undefined);
  return { kind, code: of ?? '', ...Object.fromEntries(present) } as PeopleDraft;
}

function handles(read: Cells): Contact['handles'] | undefined {
  const all = (['dingtalk', 'wecom', 'feishu'] as const).flatMap((key) => {
    const text = read.line(key);
    return text === undefined ? [] : [[key, text] as const];
  });
  return all.length === 0 ? undefined : Object.fromEntries(all);
}

/** Cells by what they must be; each that is not adds what is wrong. */
class Cells {
  readonly #filled: Filled;
  readonly #errors: RowError[];

  constructor(filled: Filled, errors: RowError[]) {
    this.#filled = filled;
    this.#errors = errors;
  }

  line = (column: Column) => line(this.#filled, column, this.#errors);
  code = (column: Column) => code(this.#filled, column, this.#errors);

  shaped(column: Column, shape: z.ZodType, zh: string, en: string): string | undefined {
    const cell = this.#filled.get(column);
    if (cell === undefined || shape.safeParse(cell).success) return cell;
    this.#errors.push(bad(column, `${column}-bad`, zh, `must be: ${en}`));
    return undefined;
  }

  one<T>(column: Column, words: ReadonlyMap<string, T>): T | undefined {
    const cell = this.#filled.get(column);
    if (cell === undefined) return undefined;
    const found = words.get(cell.toLowerCase());
    const all = [...words.keys()];
    if (found === undefined)
      this.#errors.push(
        bad(column, 'word-unknown', `须为：${all.join('、')}`, `must be one of: ${all.join(', ')}`),
      );
    return found;
  }

  codes(column: Column): readonly string[] | undefined {
    const cell = this.#filled.get(column);
    if (cell === undefined) return undefined;
    const all = partsOf(cell);
    const wrong = all.filter((c) => !codeIn.safeParse(c).success);
    for (const c of wrong)
      this.#errors.push(bad(column, 'code-bad', `“${c}” 不是编码`, `"${c}" is not a code`));
    return wrong.length === 0 ? all : undefined;
  }

  lifelines(known: ReadonlyMap<string, string>): readonly string[] | undefined {
    const cell = this.#filled.get('lifelines');
    if (cell === undefined) return undefined;
    const keys: string[] = [];
    for (const name of partsOf(cell)) {
      const key = known.get(name);
      if (key !== undefined) keys.push(key);
      else
        this.#errors.push(
          bad('lifelines', 'lifeline-unknown', `没有业务专项 ${name}`, `there is no lifeline ${name}`),
        );
    }
    return keys;
  }
}

/** Several in one cell. Between them a semicolon, which spreadsheets leave alone, or a Chinese comma. */
export const partsOf = (cell: string): readonly string[] =>
  cell
    .split(/[;；、，]/)
    .map((p) => p.trim())
    .filter((p) => p !== '');

const listCell = (all: readonly string[]): string | null => (all.length === 0 ? null : all.join(';'));

export const unitRow = (u: Unit): string =>
  row({
    kind: 'unit',
    code: u.code,
    name: u.name,
    unitKind: u.kind,
    parent: u.parent,
    areas: listCell(u.areas),
    lifelines: listCell(u.lifelines),
    phone: u.phone,
  });

/** @param withMobile whole, for who may see it; without, the cell is empty, which an import leaves as it is */
export const contactRow =
  (withMobile: boolean) =>
  (c: Contact): string =>
    row({
      kind: 'contact',
      code: c.id,
      name: c.name,
      unit: c.unit,
      post: c.post,
      mobile: withMobile ? c.mobile : null,
      email: c.email,
      account: c.account,
      dingtalk: c.handles.dingtalk ?? null,
      wecom: c.handles.wecom ?? null,
      feishu: c.handles.feishu ?? null,
    });
