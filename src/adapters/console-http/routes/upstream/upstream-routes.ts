import { as } from '../../../../domain/ids.ts';
import { type Millis, minutes } from '../../../../domain/time.ts';
import { dayOf, numberOf, type UpItem } from '../../../../domain/upstream/item.ts';
import { countIn, type Ranges } from '../../../../domain/upstream/ranges.ts';
import { type Difference, stateOf } from '../../../../domain/upstream/reconcile.ts';
import type { UpstreamSecrets, UpstreamSetup } from '../../../../domain/upstream/setup.ts';
import type { Session } from '../../../../flow/ports/accounts.ts';
import type { ProfileFile } from '../../../../flow/ports/upstream/line.ts';
import {
  BACKFILL_AT_MOST,
  type SourceSeen,
  type UpstreamSeen,
} from '../../../../flow/ports/upstream/upstreams.ts';
import { iso } from '../../../../wire/alarm.ts';
import { objectsOf } from '../../../../wire/upstream/profile.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem, invalid, refused } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { granted } from '../notices/granted.ts';

type Names =
  | 'upstreams'
  | 'upstream'
  | 'putUpstream'
  | 'upstreamOutbox'
  | 'retryUpItem'
  | 'correctUpItem'
  | 'waiveUpItem'
  | 'backfillUpstream'
  | 'upstreamReconciliation'
  | 'explainDifference'
  | 'feedUpstream'
  | 'tallyUpstream';

export function upstreamRoutes({ upstreams, accounts, clock }: Services): Pick<Handlers, Names> {
  const seen = (name: string): UpstreamSeen => {
    const found = upstreams.one(name);
    if (found === null) throw new HttpProblem('not-found');
    return found;
  };
  /** A token of one district is no voice of another; people are asked for by their right alone. @returns whose it is from now on */
  const speaks = async (source: string, { account, kind }: Session): Promise<string | undefined> => {
    if (kind === 'person') return undefined;
    const there = new Set((await accounts.tokens()).filter(lives).map((t) => `token:${t.name}`));
    if (!upstreams.maySpeak(source, { account, isThere: (held) => there.has(held) }))
      throw refused({ code: 'source-of-another', detail: null });
    return account;
  };
  const lives = ({ expiresAt }: { readonly expiresAt: Millis | null }): boolean =>
    expiresAt === null || expiresAt > clock.now();
  const act =
    (does: 'retry' | 'correct' | 'waive') =>
    async (ask: {
      readonly params: { readonly name: string; readonly id: string };
      readonly body: {
        readonly reason: string;
        readonly set?: Record<string, string | number | boolean | null>;
      };
      readonly session: Session;
    }) => {
      const { params, body, session } = ask;
      const how = { do: does, by: session.name, ...body };
      return upItemJson(granted(await upstreams.act(params.name, params.id, how)));
    };

  return {
    upstreams: () => ({
      items: upstreams.list().map(upstreamJson),
      next: null,
      sources: upstreams.sources().map(sourceJson),
      profiles: upstreams.profiles().map(profileJson),
    }),
    upstream: ({ params }) => upstreamJson(seen(params.name)),
    putUpstream: async ({ params, body, was, became, language }) => {
      const before = upstreams.one(params.name);
      const { secrets, readings, ...rest } = body;
      const profile = upstreams.profiles().find((p) => p.name === body.profile)?.inForce;
      if (profile == null)
        throw invalid(
          'profile',
          `没有生效的对接方案 ${body.profile}`,
          `there is no profile ${body.profile} in force`,
          language,
        );
      const may = objectsOf(profile);
      const strange = body.objects.find((o) => !may.includes(o));
      if (strange !== undefined)
        throw invalid(
          'objects',
          `方案 ${profile.name} 不上报 ${strange}：可选 ${may.join('、')}`,
          `${profile.name} does not take ${strange}: ${may.join(', ')} would be right`,
          language,
        );
      if (body.objects.includes('reading') && readings === null)
        throw invalid(
          'readings',
          '上报读数须写明多久一次',
          'how often readings go up must be said',
          language,
        );
      const setup: UpstreamSetup = {
        name: params.name,
        ...rest,
        readings:
          readings === null
            ? null
            : {
                every: minutes(readings.everyMinutes),
                mode: readings.mode,
                ...(readings.points && { points: readings.points.map(as.point) }),
                ...(readings.lifelines && { lifelines: readings.lifelines }),
                ...(readings.metrics && { metrics: readings.metrics.map(as.metric) }),
              },
      };
      was(before === null ? null : before.setup);
      became({ ...setup, secrets: Object.keys(secrets) });
      const given = Object.fromEntries(
        Object.entries(secrets).filter(([, v]) => v !== undefined),
      ) as UpstreamSecrets;
      return upstreamJson(granted(await upstreams.keep(setup, given)));
    },
    upstreamOutbox: async ({ params, query }) => {
      seen(params.name);
      const { state = null, limit, after = null } = query;
      const { items, next } = await upstreams.outbox(params.name, { state, limit, after });
      return { items: items.map(upItemJson), next };
    },
    retryUpItem: act('retry'),
    correctUpItem: act('correct'),
    waiveUpItem: act('waive'),
    backfillUpstream: async ({ params, body, language }) => {
      if (seen(params.name).setup.readings === null)
        throw invalid('name', '该平台不上报读数', 'no readings go up to this platform', language);
      if (body.from >= body.to || body.to - body.from > BACKFILL_AT_MOST)
        throw invalid('to', '时段最长 31 天', '31 days at most, and to after from', language);
      return { items: granted(await upstreams.backfill(params.name, body)) };
    },
    upstreamReconciliation: async ({ params, query }) => {
      const day = query.day ?? dayOf(clock.now());
      const found = granted(await upstreams.reconciliation(params.name, day));
      return { items: found.map(differenceJson), next: null };
    },
    explainDifference: async ({ params, body, session }) => {
      const { day, object, reason } = body;
      const said = { by: session.name, reason };
      return differenceJson(granted(await upstreams.explain(params.name, { day, object }, said)));
    },
    feedUpstream: async ({ params, body, sees, session }) => {
      const by = await speaks(params.source, session);
      return upstreams.take(params.source, body, sees, by);
    },
    tallyUpstream: async ({ params, body, session }) => {
      await speaks(params.source, session);
      const found = await upstreams.tally(params.source, body);
      return { day: body.day, objects: [...found].map(([object, t]) => ({ object, ...t })) };
    },
  };
}

/** Devices of a platform below that are named. */
const OFFLINE_NAMED = 100;

const at = (t: Millis | null): string | null => (t === null ? null : iso(t));

function upstreamJson({ setup, health, ...u }: UpstreamSeen) {
  const { readings, objects, areas, ...rest } = setup;
  return {
    ...rest,
    objects: [...objects],
    areas: [...areas],
    readings:
      readings === null
        ? null
        : {
            everyMinutes: readings.every / minutes(1),
            mode: readings.mode,
            ...(readings.points === undefined ? {} : { points: [...readings.points] }),
            ...(readings.lifelines === undefined ? {} : { lifelines: [...readings.lifelines] }),
            ...(readings.metrics === undefined ? {} : { metrics: [...readings.metrics] }),
          },
    secrets: [...u.secretsSet],
    queued: u.queued,
    rejected: u.rejected,
    oldestAt: at(u.oldestAt),
    given: u.given,
    differences: u.differences,
    line: {
      lastAcceptedAt: at(health.lastAcceptedAt),
      lastHeardAt: at(health.lastHeardAt),
      failingSince: at(health.failingSince),
      said: health.said,
      nextTryAt: at(health.nextTryAt),
    },
  };
}

function sourceJson({ link, heardAt, silent, offline, ...open }: SourceSeen) {
  const lacking = (ranges: Ranges) => (ranges.at(-1)?.[1] ?? 0) - countIn(ranges);
  return {
    source: link.source,
    heardAt: iso(heardAt),
    silent,
    firstAt: iso(link.firstAt),
    lastAt: iso(link.lastAt),
    taken: { live: countIn(link.live), bulk: countIn(link.bulk) },
    missing: lacking(link.live) + lacking(link.bulk),
    openAlarms: open.openAlarms,
    openOrders: open.openOrders,
    openWarnings: open.openWarnings,
    openIncidents: open.openIncidents,
    offline: {
      total: offline.length,
      devices: offline
        .slice(0, OFFLINE_NAMED)
        .map(({ device, point, lifeline, at }) => ({ device, point, lifeline, since: iso(at) })),
    },
    register: link.register,
  };
}

const profileJson = ({ name, from, inForce, faults }: ProfileFile) => ({
  name,
  title: inForce?.title ?? null,
  from,
  inForce: inForce !== null,
  objects: inForce === null ? [] : [...objectsOf(inForce)],
  faults: [...faults],
});

function upItemJson(i: UpItem) {
  const { content } = i;
  return {
    id: numberOf(i),
    at: iso(i.at),
    object: i.object,
    key: i.key,
    ...(content.of === 'event' ? { seq: content.seq } : {}),
    ...(content.of === 'readings'
      ? { window: { from: iso(content.from), to: iso(content.to), part: content.part, parts: content.parts } }
      : {}),
    late: content.of === 'readings' && content.late,
    state: i.state,
    said: i.said,
    receipt: i.receipt,
    answeredAt: at(i.answeredAt),
    ...(i.set === undefined ? {} : { set: i.set }),
    acts: (i.acts ?? []).map((a) => ({ ...a, at: iso(a.at) })),
  };
}

const differenceJson = (d: Difference) => ({
  day: d.day,
  object: d.object,
  state: stateOf(d),
  ours: d.ours,
  owed: d.owed,
  waived: d.waived,
  theirs: d.theirs,
  at: iso(d.at),
  explained: d.explained === null ? null : { ...d.explained, at: iso(d.explained.at) },
});
