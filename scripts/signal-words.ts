import { unreachable } from '../src/domain/result.ts';
import type { Baseline, Limit, Member, Reach, Rule, Signal, Statistic } from '../src/domain/rule.ts';
import { days, hours, minutes, seconds } from '../src/domain/time.ts';
import { MANHOLE } from '../src/packs/manhole.ts';

const KINDS_BEGIN = '## 种类 The kinds\n\n';
const KINDS_END = '## 乱序';

/** @param page docs/signals.md as it is: what stands before and after the kinds is written by hand */
export function signalsPage(page: string): string {
  const kinds = Object.values(SECTIONS).map((section) => `${section}\n\n`);
  return `${page.split(KINDS_BEGIN)[0]}${KINDS_BEGIN}${kinds.join('')}${KINDS_END}${page.split(KINDS_END)[1]}`;
}

/** What a rule watches, in words: Chinese first, English beside it. */
export function signalText(rule: Rule): string {
  const { signal } = rule;
  const metric = `\`${rule.metric}\``;
  switch (signal.of) {
    case 'value':
      return signal.magnitude === true
        ? `${metric} 的绝对值 its magnitude`
        : `读数 ${metric} the reading itself`;
    case 'state':
      return `${metric} 为 ${signal.oneOf.join('、')} 之一时为 1 one while it is one of these`;
    case 'rate': {
      const over = length(signal.window);
      return signal.per === undefined
        ? `${metric} 在 ${over} 内每分钟的变化 change per minute over ${over}`
        : `${metric} 在 ${over} 内每 ${length(signal.per)} 的变化 change per ${length(signal.per)} over ${over}`;
    }
    case 'statistic': {
      const { zh, en } = STATISTICS[signal.stat];
      return `${metric} 的 ${length(signal.window)} ${zh} its ${en} over ${length(signal.window)}`;
    }
    case 'count': {
      const what =
        signal.occurrence.by === 'rule'
          ? `\`${signal.occurrence.rule}\` 达到 ${signal.occurrence.level} 级 at level ${signal.occurrence.level}`
          : `${metric} ${limitText(signal.occurrence.limit, '')}`;
      return `${length(signal.window)} 内发生次数 how often within ${length(signal.window)}: ${what}`;
    }
    case 'deviation': {
      const how = signal.as === 'percent' ? '的百分比变化 change in percent from' : '的偏差 difference from';
      const smooth = signal.smoothedBy === undefined ? '' : `（${length(signal.smoothedBy)} 平均 mean）`;
      const less =
        signal.compensate === undefined
          ? ''
          : `，扣除 \`${signal.compensate.metric}\` 影响 with its effect taken out${'over' in signal.compensate ? `（${length(signal.compensate.over)} 内自学 learnt over it）` : ''}`;
      return `${metric}${smooth} 相对${baselineText(signal.from)} ${how} it${less}`;
    }
    case 'extreme':
      return `${metric} 超出自身历史极值的量 how far it lies beyond its own extreme so far (${signal.side}; 学习期 learning ${length(signal.learnFor)})`;
    case 'trend': {
      const { zh, en } = STATISTICS[signal.stat];
      const going = signal.going === 'up' ? '增大 growing' : '减小 falling';
      return `${metric} 的 ${length(signal.window)} ${zh}（${en}）连续${going} by more than ${signal.by} 的窗数 windows in succession`;
    }
    case 'night':
      return `${metric} 夜间（${signal.from}–${signal.to} 时）最小值比此前 ${signal.nights} 夜中位数高出几倍离散 how many usual spreads the least of the night lies above the median of the nights before`;
    case 'unchangedFor': {
      const above =
        signal.onlyAbove === undefined
          ? ''
          : `（仅在 ${signal.onlyAbove} 以上 only above ${signal.onlyAbove}）`;
      return `${metric} 变化不超过 ${signal.within} 的分钟数${above} minutes without moving by more than ${signal.within}`;
    }
    case 'silentFor': {
      const unit =
        signal.per === undefined
          ? '分钟数 minutes'
          : `${length(signal.per)} 的倍数 multiples of ${length(signal.per)}`;
      const what = rule.metric === null ? '无任何数据的' : `${metric} 无数据的`;
      const rests =
        signal.restsWhile === undefined
          ? ''
          : `；\`${signal.restsWhile.metric}\` ${limitText(signal.restsWhile.limit, '')} 时前 ${length(signal.restsWhile.upTo)} 不计 the first of it does not count then`;
      return `${what}${unit} since ${rule.metric === null ? 'anything' : 'it'} was heard${rests}`;
    }
    case 'together': {
      const within = signal.within === 0 ? '同时 at once' : `${length(signal.within)} 内 within it`;
      const what =
        signal.counting === 'members' ? '成立的条件数 conditions that hold' : '成立的测点数 points with one';
      return `${reachText(signal.over)} ${within} ${what}: ${signal.members.map(memberText).join('；')}`;
    }
    case 'spread':
      return `${reachText(signal.over)} ${metric} 最大与最小之差 greatest less smallest (${length(signal.within)})`;
    default:
      return unreachable(signal);
  }
}

const STATISTICS: Record<Statistic, { zh: string; en: string }> = {
  mean: { zh: '平均值', en: 'mean' },
  rms: { zh: '均方根', en: 'RMS' },
  min: { zh: '最小值', en: 'minimum' },
  max: { zh: '最大值', en: 'maximum' },
  peakToPeak: { zh: '峰峰值', en: 'peak-to-peak' },
  deviation: { zh: '标准差', en: 'standard deviation' },
  sum: { zh: '累计', en: 'sum' },
};

function baselineText(b: Baseline): string {
  switch (b.is) {
    case 'fixed':
      return `固定基准 ${b.value}`;
    case 'stored':
      return b.orElse === undefined
        ? '测点存储的基准'
        : `测点存储的基准（没有时用${baselineText(b.orElse)}）`;
    case 'learned':
      return `${b.window === 'first' ? '最初' : '最近'} ${length(b.over)} 的 ${b.quantile * 100} % 分位`;
    default:
      return unreachable(b);
  }
}

function reachText(r: Reach): string {
  switch (r.to) {
    case 'point':
      return '本测点 at this point,';
    case 'asset':
      return '同一设施 on its asset,';
    case 'distance':
      return `${r.metres} m 内 within ${r.metres} m,`;
    default:
      return unreachable(r);
  }
}

function memberText(m: Member): string {
  const where = m.at === 'here' ? '本点 here' : '附近 near';
  const key = m.lifeline === undefined ? m.metric : `${m.lifeline}.${m.metric}`;
  return m.holds.by === 'limit'
    ? `${where} \`${key}\` ${limitText(m.holds.limit, '')}`
    : `${where} \`${m.holds.rule}\` 达到 ${m.holds.level} 级 at level ${m.holds.level}`;
}

export function limitText(limit: Limit, unit: string): string {
  const u = unit === '' ? '' : ` ${unit}`;
  switch (limit.is) {
    case 'above':
      return `≥ ${limit.limit}${u}`;
    case 'below':
      return `≤ ${limit.limit}${u}`;
    case 'outside':
      return `< ${limit.low} 或 or > ${limit.high}${u}`;
    default:
      return unreachable(limit);
  }
}

/** A length of time in the largest unit that leaves no rest. */
export function length(t: number): string {
  for (const [unit, ms] of [
    ['d', days(1)],
    ['h', hours(1)],
    ['min', minutes(1)],
  ] as const) {
    if (t % ms === 0 && t >= ms) return `${t / ms} ${unit}`;
  }
  return `${t / seconds(1)} s`;
}

/** What is said of each kind in docs/signals.md (npm run docs writes it), with one example as it reads over HTTP. */
const SECTIONS: Readonly<Record<Signal['of'], string>> = {
  value: `**读数本身** · the reading; \`magnitude\` 取绝对值，上下限相同且含界限 · its magnitude, for symmetric limits that include their bound

\`\`\`json
{"of": "value", "magnitude": true}
\`\`\``,
  state: `**状态码**：读数是其中之一时为 1 · one while the reading is one of these codes

\`\`\`json
{"of": "state", "oneOf": [2, 3]}
\`\`\``,
  rate: `**变化率**：窗口内每分钟（或每 \`perMs\`）的变化 · change per minute, or per \`perMs\`, over a window

\`\`\`json
{"of": "rate", "windowMs": 864000000, "perMs": 86400000}
\`\`\``,
  statistic: `**窗口统计**：mean rms min max peakToPeak deviation sum；“10 分钟均方根超限 30 分钟以上”= 本项 + 报警延时 30 分钟 · a statistic of the last window

\`\`\`json
{"of": "statistic", "stat": "rms", "windowMs": 600000}
\`\`\``,
  count: `**次数**：窗口内越限几次，或本监测项另一条规则达到某级几次（最多记 64 次） · how often a limit was passed, or another rule of the metric took hold

\`\`\`json
{"of": "count", "occurrence": {"by": "rule", "rule": "bridge.deflection.limit", "level": 2}, "windowMs": 2592000000}
\`\`\``,
  deviation: `**偏离基准**：差值或百分比。基准可以写死（\`fixed\`），可以存在监测点上（\`stored\`：属性 \`baseline.<监测项>\`，如 \`baseline.tilt\`=\`3.5\`），
可以自学（\`learned\`：前一段或滚动一段的分位数；报警期间停止学习，长期泄漏不会变成本底）。可先取平均（\`smoothedByMs\`），可扣除温度等影响（\`compensate\`：给出每度多少 \`perUnit\`，或写 \`overMs\` 让它自学：在这段时间内做最小二乘，分 14 段、各段自有均值，缓慢沉降不会被当成温度；学满四分之一才判，报警期间不学）。
*Distance from a baseline: fixed, stored on the point, or learned. A rolling one stands still while its rule is on. With \`overMs\` the effect of temperature is learnt: least squares within 14 parts of that time; judged once a quarter of it was seen.*

\`\`\`json
{"of": "deviation", "from": {"is": "stored", "orElse": {"is": "learned", "quantile": 0.5, "overMs": 86400000, "window": "first"}},
 "as": "percent", "smoothedByMs": 3600000, "compensate": {"metric": "temp", "perUnit": -0.001, "reference": 20}}
\`\`\``,
  extreme: `**超出自身历史极值**的量；学习期内不判 · how far beyond the point's own extreme so far

\`\`\`json
{"of": "extreme", "side": "either", "learnForMs": 2592000000}
\`\`\``,
  trend: `**持续增长（发散）**：相邻窗口的统计值连续变大（小）了几次 · windows in succession that grew by more than \`by\`

\`\`\`json
{"of": "trend", "stat": "peakToPeak", "windowMs": 600000, "going": "up", "by": 0.02}
\`\`\``,
  night: `**夜间最小值**：北京时间 \`from\`–\`to\` 时的最小读数，比此前 \`nights\` 夜的中位数高出几倍离散（1.4826 × 中位绝对偏差，至少取中位数的 2 %）；夜里过后第一个读数时判，学满一半才判，报警期间的夜不学 · how many usual spreads the least of the night lies above the median of the nights before; told by the first reading after it

\`\`\`json
{"of": "night", "from": 2, "to": 4, "nights": 14}
\`\`\``,
  unchangedFor: `**卡滞**：多少分钟没有变化；\`onlyAbove\` 及以下静止是正常的 · minutes without moving; at or below \`onlyAbove\` rest is natural

\`\`\`json
{"of": "unchangedFor", "within": 0.1, "onlyAbove": 1}
\`\`\``,
  silentFor: `**无数据**：分钟数或 \`perMs\` 的倍数；规则带监测项时只看该项；\`restsWhile\`：雨量计无雨不报不算失联 · silence of a point, or of one metric; a gauge that last said "dry" may rest

\`\`\`json
{"of": "silentFor", "perMs": 300000, "restsWhile": {"metric": "rain1h", "limit": {"is": "below", "limit": 0}, "upToMs": 86400000}}
\`\`\``,
  together: `**组合**：同一测点、同一设施或一定距离内，同时（或 \`withinMs\` 内先后）成立的条件数或测点数；限值取 n 为“全部”，取 1 为“任一”，取 k 为“n 中取 k”。
条件可以是限值，也可以是另一条规则达到某级。*Conditions that hold together at one point, on one asset or within a distance: all, any, k of n.*

\`\`\`json
{"of": "together", "over": {"to": "asset"}, "withinMs": 1800000, "counting": "members",
 "members": [{"at": "here", "metric": "ch4", "holds": {"by": "limit", "limit": {"is": "above", "limit": 5}}},
             {"at": "near", "lifeline": "${MANHOLE.lifeline}", "metric": "tilt", "holds": {"by": "rule", "rule": "manhole.tilt.limit", "level": 2}}]}
\`\`\``,
  spread: `**相邻差**：各测点最新值的最大与最小之差（相邻墩台沉降差；与邻点不符的传感器） · greatest less smallest over the points in reach

\`\`\`json
{"of": "spread", "over": {"to": "distance", "metres": 200}, "withinMs": 172800000}
\`\`\``,
};
