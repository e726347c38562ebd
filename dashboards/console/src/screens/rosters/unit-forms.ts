import type { Contact, Unit } from '../../api/answers.ts';
import type { Say } from '../../i18n/translate.ts';
import { type EditField, orNull } from '../../parts/edit.ts';
import type { words } from './words.ts';

type Says = Say<keyof typeof words>;
type Values = Readonly<Record<string, string>>;

const KINDS = [
  'centre',
  'district',
  'street',
  'community',
  'department',
  'owner',
  'operator',
  'crew',
] as const;
const POSTS = ['duty', 'leader', 'member'] as const;
const list = (text: string | undefined): string[] => (text ?? '').split(/[\s,，、]+/).filter((a) => a !== '');

/** @param of `null`: a new one */
export function unitFields(of: Unit | null, units: readonly Unit[], say: Says): readonly EditField[] {
  const others = units.filter((u) => u.code !== of?.code);
  return [
    { name: 'name', label: say('field.name'), value: of?.name ?? '' },
    {
      name: 'kind',
      label: say('kind'),
      value: of?.kind ?? (units.some((u) => u.kind === 'centre') ? 'owner' : 'centre'),
      options: KINDS.map((k) => ({ value: k, label: say(`kind.${k}`) })),
    },
    {
      name: 'code',
      label: say('field.code'),
      value:
        of?.code ??
        freeId(
          'unit',
          units.map((u) => u.code),
        ),
      hint: say('unitCodeHint'),
      fixed: of !== null,
    },
    {
      name: 'parent',
      label: say('parent'),
      value: of?.parent ?? '',
      options: [
        { value: '', label: say('noParent') },
        ...others.map((u) => ({ value: u.code, label: u.name })),
      ],
    },
    {
      name: 'areas',
      label: say('field.areas'),
      value: (of?.areas ?? []).join(', '),
      hint: say('unitAreasHint'),
    },
    { name: 'phone', label: say('phone'), value: of?.phone ?? '' },
  ];
}

export const unitBody = (v: Values, of: Unit | null): object => ({
  ...(of === null ? { code: v.code?.trim() } : { seenRevision: of.revision }),
  name: v.name?.trim(),
  kind: v.kind,
  parent: orNull(v.parent),
  areas: list(v.areas),
  phone: orNull(v.phone),
});

/** @param of `null`: a new one, of the unit */
export function contactFields(of: Contact | null, units: readonly Unit[], say: Says): readonly EditField[] {
  const handle = (name: 'dingtalk' | 'wecom' | 'feishu', hint?: string): EditField => ({
    name,
    label: say(`handle.${name}`),
    value: of?.handles[name] ?? '',
    ...(hint === undefined ? {} : { hint }),
  });
  const fields: readonly EditField[] = [
    { name: 'name', label: say('field.name'), value: of?.name ?? '' },
    {
      name: 'post',
      label: say('post'),
      value: of?.post ?? 'duty',
      options: POSTS.map((p) => ({ value: p, label: say(`post.${p}`) })),
    },
    {
      name: 'mobile',
      label: say('mobile'),
      value: of?.mobile ?? '',
      hint: say(of === null || of.mobile === null ? 'mobileHint' : 'mobileKept'),
    },
    { name: 'email', label: say('email'), value: of?.email ?? '' },
  ];
  if (of === null) return fields;
  return [
    ...fields,
    {
      name: 'unit',
      label: say('unit'),
      value: of.unit,
      options: units.map((u) => ({ value: u.code, label: u.name })),
    },
    { name: 'account', label: say('field.account'), value: of.account ?? '', hint: say('accountHint') },
    handle('dingtalk', say('handleHint')),
    handle('wecom'),
    handle('feishu'),
  ];
}

/** What stands masked and was left alone is not sent: nobody writes stars over a number. */
export function contactBody(v: Values, of: Contact | null): object {
  const mobile = v.mobile?.trim() === of?.mobile ? {} : { mobile: orNull(v.mobile?.replace(/[\s-]/g, '')) };
  const common = { name: v.name?.trim(), post: v.post, email: orNull(v.email), ...mobile };
  if (of === null) return common;
  const handles = Object.fromEntries(
    (['dingtalk', 'wecom', 'feishu'] as const).flatMap((h) => (v[h]?.trim() ? [[h, v[h].trim()]] : [])),
  );
  return { ...common, unit: v.unit, account: orNull(v.account), handles, seenRevision: of.revision };
}

/** An id nobody has to think of. */
export function freeId(of: 'unit' | 'contact', taken: readonly string[]): string {
  for (let n = 1; ; n++) if (!taken.includes(`${of}-${n}`)) return `${of}-${n}`;
}
