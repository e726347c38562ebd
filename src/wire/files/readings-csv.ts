import { GOOD, type Quality, type QualityReason } from '../../domain/reading.ts';
import { unreachable } from '../../domain/result.ts';
import type { Bilingual } from '../../domain/text.ts';
import { iso } from '../alarm.ts';
import { beijing, csvLine } from './csv.ts';

/** The export of readings: what a person opens in a spreadsheet and sends on. */

export const READINGS_HEADER = csvLine([
  '监测点编码',
  '监测点名称',
  '指标编码',
  '指标名称',
  '单位',
  '时间(北京时间)',
  '时间(UTC)',
  '数值',
  '数据质量',
  '质量原因',
  '补传',
]);

const GRADES = { good: '正常', doubtful: '存疑', bad: '无效' } as const;

function reason(why: QualityReason): string {
  switch (why) {
    case 'not-a-number':
      return '非数值';
    case 'sentinel':
      return '故障码';
    case 'out-of-range':
      return '超出量程';
    case 'impossible-jump':
      return '异常跳变';
    case 'stuck':
      return '数值不变';
    case 'device-fault':
      return '设备故障';
    case 'clock-off':
      return '设备时钟错误';
    default:
      return unreachable(why);
  }
}

const REASONS: readonly QualityReason[] = [
  'not-a-number',
  'sentinel',
  'out-of-range',
  'impossible-jump',
  'stuck',
  'device-fault',
  'clock-off',
];

/** The way back, also from the words of the API; `undefined`: no quality of ours. */
export function qualityInWords(grade: string, why: string): Quality | undefined {
  const g = (['good', 'doubtful', 'bad'] as const).find((x) => x === grade || GRADES[x] === grade);
  if (g === 'good') return GOOD;
  const w = REASONS.find((x) => x === why || reason(x) === why);
  return g === undefined || w === undefined ? undefined : { grade: g, why: w };
}

export function readingLine(
  of: {
    readonly point: string;
    readonly pointName: string;
    readonly metric: string;
    readonly metricName: Bilingual;
    readonly unit: string;
  },
  r: {
    readonly t: number;
    readonly value: number | null;
    readonly quality:
      | { readonly grade: 'good' }
      | { readonly grade: 'doubtful' | 'bad'; readonly why: QualityReason };
    readonly backfill: boolean;
  },
): string {
  return csvLine([
    of.point,
    of.pointName,
    of.metric,
    of.metricName.zh,
    of.unit,
    beijing(r.t),
    iso(r.t),
    r.value,
    GRADES[r.quality.grade],
    r.quality.grade === 'good' ? null : reason(r.quality.why),
    r.backfill ? '是' : null,
  ]);
}
