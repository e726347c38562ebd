import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RouteSpec } from '../src/wire/http/route.ts';
import { ROUTES } from '../src/wire/http/routes.ts';

const FILE = join(import.meta.dirname, '../dashboards/console/src/screens/audit/route-acts.ts');

const quoted = (s: string) => (s.includes("'") ? JSON.stringify(s) : `'${s}'`);

/** The audit journal's words of every route, for the console: it would otherwise carry all schemas to the browser. */
export function routeActs(): string {
  const rows = Object.entries<RouteSpec>(ROUTES).map(
    ([name, { act }]) => `  ${name}: [${quoted(act.zh)}, ${quoted(act.en)}],`,
  );
  return `/** Made by \`npm run permission-docs\` from \`src/wire/http/routes.ts\`: what each route is called in the audit journal. */
export const routeActs = {
${rows.join('\n')}
} as const;
`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(FILE, routeActs());
