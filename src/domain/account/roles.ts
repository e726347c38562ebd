import type { Bilingual } from '../text.ts';

/** Who somebody is. People have one or more of the first; `founder` only the first account; machines the last three. */
export const ROLES = {
  operator: { of: 'person', say: { zh: '值班员', en: 'operator' } },
  'shift-leader': { of: 'person', say: { zh: '班长', en: 'shift leader' } },
  dispatcher: { of: 'person', say: { zh: '调度员', en: 'dispatcher' } },
  analyst: { of: 'person', say: { zh: '研判员', en: 'analyst' } },
  maintainer: { of: 'person', say: { zh: '运维', en: 'maintainer' } },
  crew: { of: 'person', say: { zh: '处置人员', en: 'crew' } },
  'unit-leader': { of: 'person', say: { zh: '单位负责人', en: 'leader of a unit' } },
  'system-admin': { of: 'person', say: { zh: '系统管理员', en: 'system administrator' } },
  'security-admin': { of: 'person', say: { zh: '安全管理员', en: 'security administrator' } },
  auditor: { of: 'person', say: { zh: '审计管理员', en: 'auditor' } },
  founder: { of: 'founder', say: { zh: '初始账号', en: 'first account' } },
  wall: { of: 'machine', say: { zh: '大屏（只读）', en: 'wall display, reads only' } },
  platform: { of: 'machine', say: { zh: '对接平台', en: 'platform that pushes and reads' } },
  monitor: { of: 'machine', say: { zh: '运行监控', en: 'monitoring, reads meters only' } },
} as const satisfies Record<string, { of: 'person' | 'machine' | 'founder'; say: Bilingual }>;

export type Role = keyof typeof ROLES;
export type PersonRole = { [R in Role]: (typeof ROLES)[R]['of'] extends 'person' ? R : never }[Role];
export type MachineRole = { [R in Role]: (typeof ROLES)[R]['of'] extends 'machine' ? R : never }[Role];

const rolesOf = (kind: 'person' | 'machine') =>
  (Object.keys(ROLES) as Role[]).filter((r) => ROLES[r].of === kind);
export const PERSON_ROLES = rolesOf('person') as readonly PersonRole[];
export const MACHINE_ROLES = rolesOf('machine') as readonly MachineRole[];

/** Whose word counts for their own unit alone, and who sees nothing of another's. */
export const OF_A_UNIT: readonly Role[] = ['crew', 'unit-leader'];

/** 三员分立: no account is two of these (等保, domain §10). */
export const ADMINISTRATORS = ['system-admin', 'security-admin', 'auditor'] as const;

/** False where one account would be two of the three administrators. */
export const areApart = (roles: readonly Role[]): boolean =>
  roles.filter((r) => (ADMINISTRATORS as readonly Role[]).includes(r)).length <= 1;
