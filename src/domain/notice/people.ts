import type { AreaCode, ContactId, LifelineKey, UnitCode } from '../ids.ts';
import type { Bilingual } from '../text.ts';
import type { Contact, Post, Unit, UnitKind } from './unit.ts';

/** What units and contacts are held against. */
export type PeopleLook = {
  unit(code: UnitCode): Unit | undefined;
  contact(id: ContactId): Contact | undefined;
  hasArea(code: AreaCode): boolean;
};

export type PeopleField = 'name' | 'unitKind' | 'unit' | 'parent' | 'areas' | 'post';
/** What is wrong with one field, and what would be right. */
export type PeopleFlaw = { readonly field: PeopleField; readonly code: string; readonly say: Bilingual };

/** What a row of a file wants: a field that is left out stays as it is. */
export type UnitWish = {
  readonly kind: 'unit';
  readonly code: UnitCode;
  readonly name?: string;
  readonly unitKind?: UnitKind;
  readonly parent?: UnitCode;
  readonly areas?: readonly AreaCode[];
  readonly lifelines?: readonly LifelineKey[];
  readonly phone?: string;
};
export type ContactWish = {
  readonly kind: 'contact';
  readonly code: ContactId;
  readonly name?: string;
  readonly unit?: UnitCode;
  readonly post?: Post;
  readonly mobile?: string;
  readonly email?: string;
  readonly account?: string;
  readonly handles?: Contact['handles'];
};
export type PeopleWish = UnitWish | ContactWish;

const flaw = (field: PeopleField, code: string, zh: string, en: string): PeopleFlaw => ({
  field,
  code,
  say: { zh, en },
});

const NAMELESS = flaw('name', 'name-missing', '请填写名称', 'a name must be given');

/** A centre, a district, a street, a community, and what is below it: nobody needs more than this. */
const DEEPEST = 16;

/** @returns none: it can stand */
export function unitFlaws(unit: Unit, look: PeopleLook): readonly PeopleFlaw[] {
  const flaws: PeopleFlaw[] = [];
  for (const area of unit.areas)
    if (!look.hasArea(area))
      flaws.push(flaw('areas', 'area-unknown', `没有区域 ${area}`, `there is no area ${area}`));
  let { parent } = unit;
  for (let depth = 0; parent !== null; depth++) {
    const above: Unit | undefined = look.unit(parent);
    if (parent === unit.code || depth === DEEPEST)
      return [
        ...flaws,
        flaw('parent', 'unit-circle', '上级单位构成循环', 'the units above it lead back to itself'),
      ];
    if (above === undefined) return [...flaws, noUnit('parent', parent)];
    parent = above.parent;
  }
  return flaws;
}

/** @returns none: it can stand */
export const contactFlaws = (contact: Contact, look: PeopleLook): readonly PeopleFlaw[] =>
  look.unit(contact.unit) === undefined ? [noUnit('unit', contact.unit)] : [];

const noUnit = (field: 'unit' | 'parent', code: UnitCode) =>
  flaw(field, 'unit-unknown', `没有单位 ${code}`, `there is no unit ${code}`);

/** The unit as it shall be, or what is missing of a new one. */
export function unitOf(wish: UnitWish, before: Unit | undefined): Unit | readonly PeopleFlaw[] {
  const name = wish.name ?? before?.name;
  const kind = wish.unitKind ?? before?.kind;
  if (name === undefined || kind === undefined)
    return [
      ...(name === undefined ? [NAMELESS] : []),
      ...(kind === undefined
        ? [flaw('unitKind', 'unit-kind-missing', '请填写单位类别', 'the kind of the unit must be given')]
        : []),
    ];
  return {
    code: wish.code,
    name,
    kind,
    parent: wish.parent ?? before?.parent ?? null,
    areas: wish.areas ?? before?.areas ?? [],
    lifelines: wish.lifelines ?? before?.lifelines ?? [],
    phone: wish.phone ?? before?.phone ?? null,
    ...(before?.outOfService === true ? { outOfService: true } : {}),
  };
}

/** The contact as it shall be, or what is missing of a new one. */
export function contactOf(wish: ContactWish, before: Contact | undefined): Contact | readonly PeopleFlaw[] {
  const name = wish.name ?? before?.name;
  const unit = wish.unit ?? before?.unit;
  const post = wish.post ?? before?.post;
  if (name === undefined || unit === undefined || post === undefined)
    return [
      ...(name === undefined ? [NAMELESS] : []),
      ...(unit === undefined ? [flaw('unit', 'unit-missing', '请填写所属单位', 'a unit must be given')] : []),
      ...(post === undefined ? [flaw('post', 'post-missing', '请填写岗位', 'a post must be given')] : []),
    ];
  return {
    id: wish.code,
    unit,
    name,
    post,
    mobile: wish.mobile ?? before?.mobile ?? null,
    email: wish.email ?? before?.email ?? null,
    account: wish.account ?? before?.account ?? null,
    handles: { ...before?.handles, ...wish.handles },
    ...(before?.outOfService === true ? { outOfService: true } : {}),
  };
}
