import { linesOf } from './lines.ts';
import type { FileFault } from './read.ts';
import type { Mapping } from './schema.ts';

type Named = { readonly metric: string; readonly path: readonly PropertyKey[] };

/**
 * What of a well-formed mapping names a metric that nobody has: of its lifeline, where it names one.
 *
 * @param isMetric whether a lifeline has it; `null`: any lifeline
 */
export function metricFaults(
  mapping: Mapping,
  text: string,
  isMetric: (lifeline: string | null, key: string) => boolean,
): readonly FileFault[] {
  const lifeline = mapping.lifeline ?? null;
  const unknown = named(mapping).filter(({ metric }) => !isMetric(lifeline, metric));
  if (unknown.length === 0) return [];
  const lines = linesOf(text);
  return unknown.map(({ metric, path }) => ({
    line: lines.lineOf(path),
    path: path.map(String).join('.'),
    why: `"${metric}" is no metric of ${lifeline ?? 'any lifeline'}`,
  }));
}

function named(mapping: Mapping): readonly Named[] {
  if (mapping.protocol !== 'json')
    return mapping.take.flatMap(({ metric }, i) =>
      metric === null ? [] : [{ metric, path: ['take', i, 'metric'] }],
    );
  return [mapping.values].flat().flatMap((group, g) => {
    const at: readonly PropertyKey[] = Array.isArray(mapping.values) ? ['values', g] : ['values'];
    return Object.entries(group.take).flatMap(([code, given]) =>
      [given].flat().flatMap((one) => {
        if (one === null) return [];
        return [{ metric: typeof one === 'string' ? one : one.metric, path: [...at, 'take', code] }];
      }),
    );
  });
}
