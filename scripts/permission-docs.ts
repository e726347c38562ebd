import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MQTT_CLIENTS, type MqttClientKind, TOPIC_RIGHTS } from '../src/domain/account/mqtt-rights.ts';
import { isWholeCity, RIGHTS, type Right } from '../src/domain/account/permissions.ts';
import { ROLES, type Role } from '../src/domain/account/roles.ts';
import type { RouteSpec } from '../src/wire/http/route.ts';
import { ROUTES } from '../src/wire/http/routes.ts';
import { FRAME_RIGHTS } from '../src/wire/live/live.ts';

const FILE = join(import.meta.dirname, '../docs/permissions.md');

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/** `docs/permissions.md`: the table by which the service refuses, for people. */
export function permissionsPage(): string {
  const roles = Object.keys(ROLES) as Role[];
  const rights = Object.keys(RIGHTS) as Right[];
  const clients = Object.keys(MQTT_CLIENTS) as MqttClientKind[];
  const byRight = (right: Right) =>
    roles.map((role) => ((RIGHTS[right].roles as readonly Role[]).includes(role) ? '●' : ''));
  const routes = Object.values<RouteSpec>(ROUTES).map((r) => [
    `\`${r.method} ${r.path}\``,
    r.does.zh,
    `\`${r.right}\``,
  ]);
  return `# 权限 Permissions

Made by \`npm run permission-docs\` from \`src/domain/account/permissions.ts\` and the rows of \`src/wire/http/routes.ts\`,
by which the service itself refuses. A test asks every route as every role and compares.

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

发布 / 接收 publish / hear. \`own\`：仅限自己的编码或区域 of its own code or areas; \`any\`：全部 of all; –：不可 never.
\`src/domain/account/mqtt-rights.ts\`; a test sends and listens as every client on every topic.

${table(
  ['主题', ...clients.map((c) => MQTT_CLIENTS[c].zh)],
  Object.entries(TOPIC_RIGHTS).map(([topic, reach]) => [
    `\`${topic}\``,
    ...clients.map((c) => `${reach[c][0]} / ${reach[c][1]}`),
  ]),
)}

In this order: ${clients.map((c) => MQTT_CLIENTS[c].en).join(' · ')}.
`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(FILE, permissionsPage());
