import type { PairHealth } from '../../../flow/ports/service.ts';
import { iso } from '../../../wire/alarm.ts';
import { openapi } from '../../../wire/http/documents/openapi.ts';
import { asyncapi } from '../../../wire/live/asyncapi.ts';
import type { Handlers } from '../answer/handler.ts';
import type { Services } from '../answer/services.ts';
import { metersText } from './meters-text.ts';

const BY_DEFAULT = {
  mqtt: '127.0.0.1:1883',
  mqtts: null,
  live: { host: '127.0.0.1:8080', isTls: false },
  anonymous: false,
} as const;

const pairOut = ({ name, standbys, switched }: PairHealth) => ({
  name,
  standbys: standbys.map((m) => ({ name: m.name, version: m.version, seenAt: iso(m.seenAt) })),
  lastSwitch: switched === null ? null : { ...switched, at: iso(switched.at) },
});

export function healthRoutes(
  parts: Services,
): Pick<Handlers, 'livez' | 'readyz' | 'metrics' | 'openapi' | 'asyncapi'> {
  const { service, version } = parts;
  // Made when it is first asked for: a third of a start, and nobody may ever ask.
  let written: string | null = null;
  return {
    livez: () => ({ status: 'alive', version }),
    readyz: ({ status, language }) => {
      const h = service.health();
      const ready = h.journal === 'ok' && h.selfCheck === 'ok';
      if (!ready) status(503);
      return {
        status: ready ? 'ready' : 'not-ready',
        role: 'active',
        epoch: h.pair?.epoch ?? null,
        pair: h.pair === null ? null : pairOut(h.pair),
        journal: h.journal,
        selfCheck: h.selfCheck,
        history: h.history,
        audit: h.audit,
        intake: h.intake,
        troubles: h.troubles.map((t) => t[language]),
        startedAt: iso(h.startedAt),
        lastTurnAt: h.lastTurnAt === null ? null : iso(h.lastTurnAt),
        spool: {
          bytes: h.spool.bytes,
          turns: h.spool.turns,
          oldest: h.spool.oldest === null ? null : iso(h.spool.oldest),
        },
        certificates: h.certificates.map((c) => ({ ...c, endsAt: iso(c.endsAt) })),
      };
    },
    metrics: () => metersText(parts),
    openapi: () => {
      written ??= JSON.stringify(openapi(version));
      return written;
    },
    asyncapi: () => JSON.stringify(asyncapi(version, parts.listening?.() ?? BY_DEFAULT)),
  };
}
