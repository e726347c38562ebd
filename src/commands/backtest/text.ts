import type { BacktestJson } from '../../wire/http/rules/backtest.ts';

type Result = NonNullable<BacktestJson['result']>;
type Trial = Result['draft'];

/** One line while it runs. */
export function progressText({ state, progress: p }: BacktestJson): string {
  if (state === 'waiting') return 'waiting for its turn';
  const left = p.remainingMs === null ? '' : `, about ${spanText(p.remainingMs)} left`;
  return `${p.pointsDone} of ${p.points} points, ${p.readings} readings${left}`;
}

/** What came of it, for a person at a terminal: one column for each set of numbers. */
export function resultText({ rule, from, to, progress, result }: BacktestJson): string {
  if (result === null) return '';
  const columns: [string, Trial][] = [
    ['in force 现行', result.inForce],
    ['draft 草案', result.draft],
    ...(result.other === null ? [] : ([['other 草案二', result.other]] as [string, Trial][])),
  ];
  const verdicts = [...new Set(columns.flatMap(([, t]) => Object.keys(t.judged)))].sort();
  const row = (name: string, of: (t: Trial) => string | number): string[] => [
    name,
    ...columns.map(([, t]) => String(of(t))),
  ];
  const rows = [
    ['', ...columns.map(([name]) => name)],
    row('alarms 报警', (t) => t.alarms),
    row('  red 红', (t) => t.byLevel[1]),
    row('  orange 橙', (t) => t.byLevel[2]),
    row('  yellow 黄', (t) => t.byLevel[3]),
    row('  blue 蓝', (t) => t.byLevel[4]),
    row('points 监测点', (t) => t.points),
    row('in alarm 累计时长', (t) => spanText(t.activeMs)),
    ...verdicts.map((v) =>
      row(`judged ${v} 研判`, (t) => `${t.judged[v]?.raised ?? 0} of ${t.judged[v]?.of ?? 0}`),
    ),
    ...(verdicts.length === 0 ? [] : [row('real but later 真实而延后', (t) => laterText(t))]),
  ];
  const head = `${rule}, ${from} … ${to}: ${result.readings} readings of ${result.points} points in ${spanText(progress.tookMs)}`;
  return `${[head, '', ...table(rows), '', ...worst(result.draft)].join('\n')}\n`;
}

/** Alarms that people judged real and that would have come later, with the longest delay. */
function laterText(t: Trial): string {
  const real = t.later.filter((j) => j.verdict === 'real');
  if (real.length === 0) return '0';
  return `${real.length}, at most ${spanText(Math.max(...real.map((j) => j.byMs)))}`;
}

function worst(t: Trial): string[] {
  if (t.worstPoints.length === 0) return ['The draft raises nothing. 草案无报警。'];
  return [
    'Most alarms under the draft 草案报警最多的监测点',
    ...t.worstPoints.slice(0, 10).map((p) => `  ${p.pointCode}  ${p.alarms}  ${spanText(p.activeMs)}`),
  ];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((r) => wide(r[i] ?? ''))));
  return rows.map((r) =>
    r
      .map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - wide(cell)))
      .join('  ')
      .trimEnd(),
  );
}

/** Columns of a terminal: a Chinese character takes two. */
const wide = (s: string): number =>
  [...s].reduce((n, c) => n + (/[\u1100-\uffdc]/u.test(c) && !/[\u2000-\u206f]/u.test(c) ? 2 : 1), 0);

export function spanText(ms: number): string {
  const s = Math.round(ms / 1_000);
  if (s < 60) return `${s} s`;
  if (s < 3_600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  const minutes = Math.round(s / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
