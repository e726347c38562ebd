import type { Pack } from '../../src/domain/pack.ts';
import { from } from './influxql.ts';
import { DATASOURCE, type Panel } from './panel.ts';

/** A dashboard before its panels have ids and places. */
export type Dashboard = {
  readonly uid: string;
  readonly title: string;
  /** Whose points can be chosen at the top; `null`: none. */
  readonly pack: Pack | null;
  readonly panels: readonly Panel[];
  /** What else can be chosen there, as Grafana reads it. */
  readonly variables?: readonly object[];
};

const WIDTH = 24;
const TAG = 'lifeline';

/** As Grafana reads it. Same packs, same text: nothing of time or chance is in it. */
export function dashboardJson({ uid, title, pack, panels, variables = [] }: Dashboard): object {
  return {
    uid,
    title,
    tags: [TAG],
    schemaVersion: 41,
    editable: false,
    graphTooltip: 1,
    timezone: 'browser',
    time: { from: 'now-6h', to: 'now' },
    refresh: '30s',
    links: [
      {
        type: 'dashboards',
        title: '其他 Others',
        tags: [TAG],
        asDropdown: false,
        includeVars: false,
        keepTime: true,
      },
    ],
    templating: { list: pack === null ? variables : [pointsOf(pack), ...variables] },
    annotations: { list: [] },
    panels: placed(panels),
  };
}

function pointsOf(pack: Pack): object {
  const query = `SHOW TAG VALUES FROM ${from(pack)} WITH KEY = "point"`;
  return {
    name: 'point',
    label: '监测点 point',
    type: 'query',
    datasource: DATASOURCE,
    query,
    definition: query,
    refresh: 2,
    sort: 1,
    multi: true,
    // All points of a city at once would be a question that no store answers quickly.
    includeAll: false,
    current: {},
    options: [],
  };
}

/** From left to right, from top to bottom; a row begins a line of its own. */
function placed(panels: readonly Panel[]): object[] {
  let id = 0;
  const lay = (list: readonly Panel[], top: number): object[] => {
    let [x, y, tallest] = [0, top, 0];
    return list.map((panel) => {
      const { type, title, width, height, rest, inside } = panel;
      if (x + width > WIDTH || type === 'row') [x, y, tallest] = [0, y + tallest, 0];
      const gridPos = { x, y, w: width, h: height };
      [x, tallest] = [x + width, Math.max(tallest, height)];
      id++;
      const own = { id, type, title, gridPos, ...rest };
      return inside === undefined && type !== 'row' ? own : { ...own, panels: lay(inside ?? [], y + height) };
    });
  };
  return lay(panels, 0);
}
