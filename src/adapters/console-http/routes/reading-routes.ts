import { as } from '../../../domain/ids.ts';
import type { Reading } from '../../../domain/reading.ts';
import type { Point } from '../../../domain/register/register.ts';
import { hours, seconds } from '../../../domain/time.ts';
import type { History } from '../../../flow/ports/history.ts';
import type { Language } from '../../../wire/http/head/language.ts';
import { bucketJson, latestJson, rawJson } from '../../../wire/http/readings.ts';
import { withFirstChunk } from '../answer/first-chunk.ts';
import type { Handlers } from '../answer/handler.ts';
import { MetricBook } from '../answer/metric-book.ts';
import { HttpProblem, invalid, retryAfter } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';
import { pointOf } from './find.ts';
import { numberCursor } from './paging.ts';
import { readingsCsv } from './readings-csv.ts';

type Names = 'latestOfPoint' | 'latest' | 'readings' | 'readingsCsv' | 'readingsOfPointsCsv';

/** How long a chart waits for a store that is known to take nothing: it may hang, and a person looks at the page. */
const PATIENCE = seconds(3);

export function readingRoutes(parts: Services): Pick<Handlers, Names> {
  const { service, clock } = parts;
  const history = impatient(parts);
  const metrics = new MetricBook(service.packs());

  /** In order of metric, whatever order they came in. */
  const latestAt = (point: Point): Reading[] =>
    [...service.latest(point.code)].sort((a, b) => (a.metric < b.metric ? -1 : 1));

  const json = (point: Point, r: Reading) =>
    latestJson(r, metrics.find(point.lifeline, r.metric)?.unit ?? '', clock.now());

  function rangeOf(query: { from?: number | undefined; to?: number | undefined }, language: Language) {
    const to = query.to ?? clock.now();
    const from = query.from ?? to - hours(24);
    if (from >= to) throw invalid('query.from', 'from 须早于 to', 'from must be before to', language);
    return { from, to };
  }

  return {
    latestOfPoint: ({ params, register }) => {
      const point = pointOf(params.code, register, service.register);
      return { items: latestAt(point).map((r) => json(point, r)), next: null };
    },

    latest: ({ query, register }) => {
      const after = query.after?.split('~');
      if (after !== undefined && after.length !== 2) throw new HttpProblem('bad-cursor');
      const [afterPoint = '', afterMetric = ''] = after ?? [];
      const items: ReturnType<typeof json>[] = [];
      for (const point of register.points()) {
        if (point.code < afterPoint) continue;
        if (query.lifeline !== undefined && point.lifeline !== query.lifeline) continue;
        if (query.area !== undefined && !point.area.startsWith(query.area)) continue;
        for (const reading of latestAt(point)) {
          if (point.code === afterPoint && reading.metric <= afterMetric) continue;
          const last = items.at(-1);
          if (items.length === query.limit && last !== undefined) {
            return { items, next: `${last.pointCode}~${last.metric}` };
          }
          items.push(json(point, reading));
        }
      }
      return { items, next: null };
    },

    readings: async ({ params, query, language, register }) => {
      const point = pointOf(params.code, register, service.register).code;
      const metric = as.metric(query.metric);
      const { from, to } = rangeOf(query, language);
      if (query.buckets !== undefined) {
        const buckets = await history.buckets({ point, metric, from, to, buckets: query.buckets });
        return { items: buckets.map(bucketJson), next: null };
      }
      const after = numberCursor(query.after);
      const begin = after === null ? from : Math.max(from, after + 1);
      if (begin >= to) return { items: [], next: null };
      const rows = await history.raw({ point, metric, from: begin, to, limit: query.limit + 1 });
      const items = rows.slice(0, query.limit);
      const last = items.at(-1);
      return {
        items: items.map(rawJson),
        next: rows.length > items.length && last ? String(last.t) : null,
      };
    },

    readingsCsv: ({ params, query, language, header, register }) => {
      const point = pointOf(params.code, register, service.register);
      const range = rangeOf(query, language);
      const asked =
        query.metric === undefined
          ? metrics.of(point.lifeline)
          : [metrics.find(point.lifeline, query.metric) ?? unlisted(query.metric)];
      header('content-disposition', `attachment; filename="readings-${point.code}.csv"`);
      return withFirstChunk(readingsCsv({ history, of: [{ point, metrics: asked }], ...range }));
    },

    readingsOfPointsCsv: ({ query, language, header, register }) => {
      const range = rangeOf(query, language);
      const { points, lifeline, area = '', metric } = query;
      const named =
        points === undefined
          ? register.points()
          : [...new Set(points)].map((code) => pointOf(code, register, service.register));
      const of = named
        .filter((p) => (lifeline === undefined || p.lifeline === lifeline) && p.area.startsWith(area))
        .map((point) => {
          // A lifeline that does not have the metric has no readings of it either.
          const all = metrics.of(point.lifeline);
          return { point, metrics: metric === undefined ? all : all.filter((m) => m.key === metric) };
        });
      header('content-disposition', 'attachment; filename="readings.csv"');
      return withFirstChunk(readingsCsv({ history, of, ...range }));
    },
  };
}

/** A metric that a former version of the pack had: its readings are still there. */
const unlisted = (key: string) => ({ key: as.metric(key), name: { zh: key, en: key }, unit: '' });

/** The history, asked without much patience while the drain finds that it takes nothing. */
function impatient({ service, history, clock }: Services): Pick<History, 'raw' | 'buckets'> {
  function inTime<T>(answer: Promise<T>): Promise<T> {
    if (service.health().history !== 'failing') return answer;
    return new Promise((resolve, reject) => {
      const giveUp = clock.after(PATIENCE, () => reject(new HttpProblem('store-unavailable', AGAIN)));
      void answer.then(resolve, reject).finally(giveUp);
    });
  }
  return {
    raw: (q) => inTime(history.raw(q)),
    buckets: (q) => inTime(history.buckets(q)),
  };
}

const AGAIN = { headers: retryAfter(seconds(10)) };
