import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { grafanaDashboards } from '../../scripts/grafana-dashboards.ts';
import type { Pack } from '../../src/domain/pack.ts';
import { PACKS } from '../../src/packs/index.ts';

const GRAFANA = join(import.meta.dirname, '../../dashboards/grafana');

type Target = { readonly refId: string; readonly query: string; readonly datasource: { uid: string } };
type Step = { readonly color: string; readonly value: number | null };
type Panel = {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly panels?: readonly Panel[];
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string; readonly thresholds?: { steps: Step[] } };
  };
};
type Board = {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
};

const boards = readdirSync(join(GRAFANA, 'dashboards')).map(
  (name) => [name, JSON.parse(readFileSync(join(GRAFANA, 'dashboards', name), 'utf8')) as Board] as const,
);
const flat = (panels: readonly Panel[]): Panel[] => panels.flatMap((p) => [p, ...flat(p.panels ?? [])]);
const packOf = (query: string): Pack | undefined => PACKS.find((p) => query.includes(`FROM "${p.lifeline}"`));

/** Read straight from the pack, by no code of the generator. */
const fieldsOf = (pack: Pack): Set<string> =>
  new Set([
    'lag',
    ...pack.metrics.filter((m) => m.kind !== 'waveform').flatMap((m) => [m.key, `${m.key}__q`]),
  ]);

describe('the dashboards for Grafana', () => {
  test('are what the packs say (npx node scripts/grafana-dashboards.ts writes them)', () => {
    const written = Object.fromEntries(
      boards.map(([name]) => [name, readFileSync(join(GRAFANA, 'dashboards', name), 'utf8')]),
    );
    expect(written).toEqual(Object.fromEntries(grafanaDashboards()));
  });

  test('are an overview, one of each lifeline, and the health of the intake', () => {
    const uids = boards.map(([, b]) => b.uid).sort();
    expect(uids).toEqual(
      ['lifeline-intake', 'lifeline-overview', ...PACKS.map((p) => `lifeline-${p.lifeline}`)].sort(),
    );
  });

  test.each(boards)('%s: every panel has an id of its own and a place of its own', (_, board) => {
    const ids = flat(board.panels).map((p) => p.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const group of [board.panels, ...board.panels.map((p) => p.panels ?? [])]) {
      const cells = group.flatMap(({ gridPos: { x, y, w, h } }) => {
        expect(x + w).toBeLessThanOrEqual(24);
        return Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`);
      });
      expect(new Set(cells).size).toBe(cells.length);
    }
  });

  test.each(boards)(
    '%s: every query asks the provisioned source for fields that the pack has',
    (_, board) => {
      const { datasources } = parse(
        readFileSync(join(GRAFANA, 'provisioning/datasources/lifeline.yml'), 'utf8'),
      );
      const targets = flat(board.panels).flatMap((p) => p.targets ?? []);
      expect(targets.length).toBeGreaterThan(4);
      for (const { query, datasource } of targets) {
        expect(datasource.uid).toBe(datasources[0].uid);
        if (query.includes('"lifeline__drain"')) continue;
        const pack = packOf(query);
        expect(pack, query).toBeDefined();
        const known = fieldsOf(pack as Pack);
        const asked = query.replace(/ AS "[^"]+"/g, '').replace(/count\("n"\) FROM \(/, '');
        const names = [...asked.matchAll(/"([^"]+)"/g)].map((m) => m[1] ?? '');
        for (const name of names) {
          if (name !== 'point' && name !== pack?.lifeline)
            expect(known.has(name), `${name} in ${query}`).toBe(true);
        }
      }
      for (const p of flat(board.panels)) {
        const refs = (p.targets ?? []).map((t) => t.refId);
        expect(new Set(refs).size).toBe(refs.length);
      }
    },
  );

  test.each(PACKS.map((p) => [p.lifeline as string, p] as const))(
    '%s: every metric but a waveform has its panel, with its unit and the very steps of its rule',
    (lifeline, pack) => {
      const board = boards.find(([, b]) => b.uid === `lifeline-${lifeline}`)?.[1] as Board;
      const panels = flat(board.panels);
      for (const metric of pack.metrics.filter((m) => m.kind !== 'waveform')) {
        const panel = panels.find((p) =>
          p.targets?.some((t) => t.query.startsWith(`SELECT max("${metric.key}") FROM "${lifeline}"`)),
        );
        expect(panel, metric.key).toBeDefined();
        expect(panel?.title).toContain(metric.name.zh);
        expect(panel?.fieldConfig?.defaults.unit).toBe(
          metric.unit === '' ? 'none' : `suffix: ${metric.unit}`,
        );
        const rule = pack.rules.find((r) => r.metric === metric.key && r.signal.of === 'value');
        expect(linesOf(panel), metric.key).toEqual(stepsOf(rule));
      }
      for (const rule of pack.rules.filter((r) => r.signal.of === 'rate')) {
        expect(linesOf(panels.find((p) => p.title.startsWith(rule.name.zh)))).toEqual(stepsOf(rule));
      }
    },
  );
});

const COLOURS = ['', 'red', 'orange', 'yellow', 'blue'];
const asText = (lines: { colour: string; value: number }[]): string[] =>
  lines.map((l) => `${l.colour} ${l.value}`).sort();

function linesOf(panel: Panel | undefined): string[] {
  const steps = panel?.fieldConfig?.defaults.thresholds?.steps ?? [];
  expect(steps[0]).toEqual({ color: 'transparent', value: null });
  const values = steps.slice(1).map((s) => Number(s.value));
  // Grafana takes them in order.
  expect(values).toEqual([...values].sort((a, b) => a - b));
  return asText(steps.slice(1).map((s) => ({ colour: s.color, value: Number(s.value) })));
}

function stepsOf(rule: Pack['rules'][number] | undefined): string[] {
  return asText(
    (rule?.steps ?? []).flatMap(({ level, limit }) => {
      const colour = COLOURS[level] ?? '';
      if (limit.is !== 'outside') return [{ colour, value: limit.limit }];
      return [
        { colour, value: limit.low },
        { colour, value: limit.high },
      ];
    }),
  );
}
