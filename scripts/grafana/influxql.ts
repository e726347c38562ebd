import { fieldOf, measurementOf, qualityField } from '../../src/adapters/history-influx/names.ts';
import type { Metric } from '../../src/domain/metric.ts';
import type { Pack } from '../../src/domain/pack.ts';

/** Names as the history writes them, quoted as InfluxQL takes them. */
const quoted = (name: string): string => `"${name}"`;
export const from = (pack: Pack): string => quoted(measurementOf(pack.lifeline));
export const field = (metric: Metric): string => quoted(fieldOf(metric.key));
export const quality = (metric: Metric): string => quoted(qualityField(metric.key));

export const IN_TIME = '$timeFilter';
/** The points chosen at the top of the dashboard. */
export const CHOSEN = `"point" =~ /^$point$/ AND ${IN_TIME}`;
export const EACH_INTERVAL = 'GROUP BY time($__interval)';

/** The thousands of the code say the grade: 0 good, 1 doubtful, 2 bad; above them stands what no longer counts. */
export const notGood = (metric: Metric): string => `(${quality(metric)} % 10000) >= 1000`;

/** The last digit has the flags: 1 backfill, 2 without a number, 3 both. */
export const backfilled = (metric: Metric): string =>
  `((${quality(metric)} % 10) = 1 OR (${quality(metric)} % 10) = 3)`;
