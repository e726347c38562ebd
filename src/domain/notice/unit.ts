import type { AreaCode, ContactId, LifelineKey, UnitCode } from '../ids.ts';

export type UnitKind =
  | 'centre'
  | 'district'
  | 'street'
  | 'community'
  | 'department'
  | 'owner'
  | 'operator'
  | 'crew';

/** 单位: who owns, watches over or mends something, and is called. */
export type Unit = {
  readonly code: UnitCode;
  readonly name: string;
  readonly kind: UnitKind;
  readonly parent: UnitCode | null;
  /** What it answers for, each with everything below it; none: no area. */
  readonly areas: readonly AreaCode[];
  /** Empty: all of them. */
  readonly lifelines: readonly LifelineKey[];
  /** Of its duty room; a person's stands with the contact. */
  readonly phone: string | null;
  /** It answers for nothing any more; what it did stays in the stories. Absent: in service. */
  readonly outOfService?: true;
};

/** What somebody is called as: `duty` and `leader` answer by the roster where their unit has one. */
export type Post = 'duty' | 'leader' | 'member';

/** 联系人: somebody who is told. Not an account: most of those who are called never log in. */
export type Contact = {
  readonly id: ContactId;
  readonly unit: UnitCode;
  readonly name: string;
  readonly post: Post;
  /** E.164 or as dialled inside the country. Personal data: shown whole to few. */
  readonly mobile: string | null;
  readonly email: string | null;
  /** With which they log in here; `null`: they do not. */
  readonly account: string | null;
  /** What a group robot mentions them by, where it is not the mobile number. */
  readonly handles: { readonly [K in 'dingtalk' | 'wecom' | 'feishu']?: string };
  /** Is called no more; what they were told stays in the stories. Absent: in service. */
  readonly outOfService?: true;
};

/** A number as everybody may see it: enough to tell two apart, too little to dial. */
export function masked(mobile: string): string {
  const shown = mobile.length >= 11 ? 3 : 0;
  const end = mobile.length >= 7 ? 4 : 0;
  return `${mobile.slice(0, shown)}****${end === 0 ? '' : mobile.slice(-end)}`;
}
