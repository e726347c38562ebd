import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKS } from '../src/packs/index.ts';
import { type Dashboard, dashboardJson } from './grafana/dashboard.ts';
import { intakeHealth } from './grafana/intake.ts';
import { lifelineDashboard } from './grafana/lifeline.ts';
import { overview } from './grafana/overview.ts';
import { SERVICE_DASHBOARD } from './grafana/service.ts';

/**
 * Writes dashboards/grafana/dashboards from the packs, so that a metric or a threshold has one place only. A
 * test compares the files with what this writes.
 */
export function grafanaDashboards(): ReadonlyMap<string, string> {
  const dashboards: Dashboard[] = [overview(PACKS), ...PACKS.map(lifelineDashboard), intakeHealth(PACKS)];
  return new Map(dashboards.map(file));
}

const file = (d: Dashboard) => [`${d.uid}.json`, `${JSON.stringify(dashboardJson(d), null, 1)}\n`] as const;

/** By the service's own meters: apart, since a Grafana without a Prometheus would show it empty. */
export const [SERVICE_FILE, SERVICE_TEXT] = file(SERVICE_DASHBOARD);

if (import.meta.main) {
  const dir = join(import.meta.dirname, '../dashboards/grafana/dashboards');
  mkdirSync(dir, { recursive: true });
  for (const name of readdirSync(dir)) rmSync(join(dir, name));
  for (const [name, text] of grafanaDashboards()) writeFileSync(join(dir, name), text);
  writeFileSync(join(dir, '../prometheus', SERVICE_FILE), SERVICE_TEXT);
}
