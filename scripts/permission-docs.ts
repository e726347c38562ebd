import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  FRAME_RIGHTS,
  isWholeCity,
  RIGHTS,
  type Right,
  ROUTE_RIGHTS,
  TOPIC_RIGHTS,
} from '../src/domain/account/permissions.ts';
import { ROLES, type Role } from '../src/domain/account/roles.ts';
import type { RouteSpec } from '../src/wire/http-route.ts';
import { ROUTES } from '../src/wire/http-routes.ts';

const FILE = join(import.meta.dirname, '../docs/permissions.md');

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/** `docs/permissions.md`: the table by which the service refuses, for people. */
export function permissionsPage(): string {
  const roles = Object.keys(ROLES) as Role[];
  const rights = Object.keys(RIGHTS) as Right[];
  const byRight = (right: Right) =>
    roles.map((role) => ((RIGHTS[right].roles as readonly Role[]).includes(role) ? '●' : ''));
  const routes = Object.entries(ROUTES as Record<string, RouteSpec>).map(([name, r]) => [
    `\`${r.method} ${r.path}\``,
    r.does.zh,
    `\`${ROUTE_RIGHTS[name] ?? '–'}\``,
  ]);
  return `# 权限 Permissions

Made by \`npm run permission-docs\` from \`src/domain/account/permissions.ts\`, the table by which the service itself
refuses. A test asks every route as every role and compares.

- 一个账号可绑定若干区域：只能看到、处理这些区域及其下级的台账、读数、报警（接口、实时推送、导出一致）。
  An account may be bound to areas: it sees and acts on those and what is below them alone, over HTTP, WebSocket and in
  exports. Elsewhere a single thing is answered as not there (404), and the attempt is in the audit journal.
- 系统管理员、安全管理员、审计管理员不能为同一账号。The three administrators cannot be one account.
- 初始账号 \`admin\` 在三类管理员都已任命并设置密码之前有效；此后其权限自动失效。The first account's rights end when all three
  administrators are appointed and have set a password. It never reads the audit journal.
- \`anybody\`：无需登录。\`self\`：本人账号，仅限人员。Meters and API documents are \`anybody\` unless
  \`LIFELINE_METRICS_ACCESS\` / \`LIFELINE_DOCS_ACCESS\` is \`role\`; then \`meters.see\`.

## 角色与权限 Roles and rights

${table(
  ['', '', ...roles.map((r) => ROLES[r].say.zh)],
  rights.map((right) => [
    `\`${right}\``,
    `${RIGHTS[right].does.zh} ${RIGHTS[right].does.en}${isWholeCity(right) ? ' ◎' : ''}`,
    ...byRight(right),
  ]),
)}

◎ 涉及全市，绑定区域的账号不可用。Concerns the whole city: not for somebody bound to areas.

In this order: ${roles.map((r) => `${ROLES[r].say.zh} \`${r}\``).join(', ')}.

## 接口 Routes

${table(['接口', '', '权限'], routes)}

## 实时推送 Frames of \`GET /api/v1/live\`

${table(
  ['帧', '权限'],
  Object.entries(FRAME_RIGHTS).map(([frame, right]) => [`\`${frame}\``, `\`${right}\``]),
)}

## MQTT

${table(
  ['主题', '权限'],
  Object.entries(TOPIC_RIGHTS).map(([topic, right]) => [
    `\`${topic}\``,
    `\`${right}\`, 限本人区域 own areas`,
  ]),
)}

设备只能发布、订阅自己编码之下的主题。Devices publish and subscribe below their own code alone.
`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(FILE, permissionsPage());
