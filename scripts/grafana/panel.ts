import { LEVEL_COLOURS } from './level-colours.ts';
import type { ThresholdLine } from './thresholds.ts';

/** As provisioned in dashboards/grafana/provisioning/datasources. */
export const DATASOURCE = { type: 'influxdb', uid: 'lifeline-influxdb' } as const;

export type Query = {
  readonly query: string;
  /** `$tag_point`, `$col` and words. */
  readonly alias: string;
  readonly format?: 'time_series' | 'table';
};

/** A panel before it has its id and its place. */
export type Panel = {
  readonly type: 'timeseries' | 'table' | 'bargauge' | 'stat' | 'text' | 'row';
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly rest: Readonly<Record<string, unknown>>;
  /** Of a row that is closed at first. */
  readonly inside?: readonly Panel[];
};

export type Look = {
  readonly title: string;
  readonly description?: string;
  readonly unit: string;
  readonly queries: readonly Query[];
  readonly lines?: readonly ThresholdLine[];
  readonly width?: number;
  readonly height?: number;
};

function targets(queries: readonly Query[]): object[] {
  return queries.map(({ query, alias, format = 'time_series' }, i) => ({
    refId: String.fromCharCode(65 + i),
    datasource: DATASOURCE,
    rawQuery: true,
    query,
    alias,
    resultFormat: format,
  }));
}

const describedBy = (description: string | undefined) => (description === undefined ? {} : { description });

/** `suffix:` keeps Grafana from taking a unit for one that it scales. */
const unitOf = (unit: string): string => (unit === '' ? 'none' : `suffix: ${unit}`);

/** Curves, with the pack's default steps as lines across them. */
export function curves({ lines = [], width = 12, height = 8, ...look }: Look): Panel {
  return {
    type: 'timeseries',
    title: look.title,
    width,
    height,
    rest: {
      ...describedBy(look.description),
      datasource: DATASOURCE,
      targets: targets(look.queries),
      fieldConfig: {
        defaults: {
          unit: unitOf(look.unit),
          color: { mode: 'palette-classic' },
          custom: {
            drawStyle: 'line',
            lineWidth: 1,
            showPoints: 'auto',
            pointSize: 3,
            // A gap is silence, and silence is not a value.
            spanNulls: false,
            thresholdsStyle: { mode: lines.length > 0 ? 'line' : 'off' },
          },
          thresholds: {
            mode: 'absolute',
            steps: [
              { color: 'transparent', value: null },
              ...lines.map(({ level, value }) => ({ color: LEVEL_COLOURS[level], value })),
            ],
          },
        },
        overrides: [],
      },
      options: {
        legend: { displayMode: 'table', placement: 'bottom', calcs: ['lastNotNull', 'min', 'max'] },
        tooltip: { mode: 'multi', sort: 'desc' },
      },
    },
  };
}

export function bars(look: Look): Panel {
  return {
    type: 'bargauge',
    title: look.title,
    width: look.width ?? 12,
    height: look.height ?? 8,
    rest: {
      ...describedBy(look.description),
      datasource: DATASOURCE,
      targets: targets(look.queries),
      fieldConfig: {
        defaults: { unit: unitOf(look.unit), min: 0, color: { mode: 'fixed', fixedColor: 'blue' } },
        overrides: [],
      },
      options: {
        orientation: 'horizontal',
        displayMode: 'basic',
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      },
    },
  };
}

export function table(look: Omit<Look, 'unit'>): Panel {
  return {
    type: 'table',
    title: look.title,
    width: look.width ?? 24,
    height: look.height ?? 8,
    rest: {
      ...describedBy(look.description),
      datasource: DATASOURCE,
      targets: targets(look.queries.map((q) => ({ ...q, format: 'table' as const }))),
      fieldConfig: { defaults: {}, overrides: [] },
      options: { showHeader: true },
      transformations: [
        { id: 'merge', options: {} },
        {
          id: 'organize',
          options: { excludeByName: { Time: true }, renameByName: { point: '监测点 point' } },
        },
      ],
    },
  };
}

/** One instant, told as how long ago it was. */
export function since(look: Omit<Look, 'unit'>): Panel {
  return {
    type: 'stat',
    title: look.title,
    width: look.width ?? 6,
    height: look.height ?? 4,
    rest: {
      ...describedBy(look.description),
      datasource: DATASOURCE,
      targets: targets(look.queries),
      fieldConfig: { defaults: { unit: 'dateTimeFromNow' }, overrides: [] },
      options: { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false }, colorMode: 'none' },
    },
  };
}

export function words(title: string, content: string, height: number, width = 24): Panel {
  return { type: 'text', title, width, height, rest: { options: { mode: 'markdown', content } } };
}

export const row = (title: string): Panel => ({
  type: 'row',
  title,
  width: 24,
  height: 1,
  rest: { collapsed: false },
});

export const closedRow = (title: string, inside: readonly Panel[]): Panel => ({
  type: 'row',
  title,
  width: 24,
  height: 1,
  rest: { collapsed: true },
  inside,
});
