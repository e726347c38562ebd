import { unreachable } from '../src/domain/result.ts';
import type { Baseline, Limit, Member, Reach, Rule, Statistic } from '../src/domain/rule.ts';
import { days, hours, minutes, seconds } from '../src/domain/time.ts';

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
          : `，扣除 \`${signal.compensate.metric}\` 影响 with its effect taken out`;
      return `${metric}${smooth} 相对${baselineText(signal.from)} ${how} it${less}`;
    }
    case 'extreme':
      return `${metric} 超出自身历史极值的量 how far it lies beyond its own extreme so far (${signal.side}; 学习期 learning ${length(signal.learnFor)})`;
    case 'trend': {
      const { zh, en } = STATISTICS[signal.stat];
      const going = signal.going === 'up' ? '增大 growing' : '减小 falling';
      return `${metric} 的 ${length(signal.window)} ${zh}（${en}）连续${going} by more than ${signal.by} 的窗数 windows in succession`;
    }
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
