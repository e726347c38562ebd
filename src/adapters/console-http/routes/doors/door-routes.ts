import { as, type DeviceCode } from '../../../../domain/ids.ts';
import { seconds } from '../../../../domain/time.ts';
import type { Routes } from '../../../../wire/http/routes.ts';
import type { JsonMapping } from '../../../../wire/mapping/schema.ts';
import type { Handlers, RouteRequest } from '../../answer/handler.ts';
import { HttpProblem, retryAfter } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { type Checked, checkedSign } from './signs.ts';
import { UsedNonces } from './used-nonces.ts';

/** OneNET gives up after five seconds: before that it is told to push again. A turn takes milliseconds. */
const PATIENCE = seconds(4);
/** Pushes that wait for their turn: beyond them a platform is told at once to come again. */
const WAITING_AT_MOST = 2_000;
const BYTES_AT_MOST = 32 * 1_024 * 1_024;

type Push = RouteRequest<Routes['door']>;
type Ask = Pick<Push, 'can' | 'session' | 'query' | 'headers'>;

/** Doors for platforms that push over HTTP: 200 is said after the turn that kept it, as an MQTT acknowledgement is. */
export function doorRoutes(parts: Services): Pick<Handlers, 'door' | 'doorCheck'> {
  const { doors, doorSecrets, clock, service, meters } = parts;
  const nonces = new UsedNonces();
  let waiting = 0;
  let bytesWaiting = 0;

  function mappingOf(name: string): JsonMapping {
    const found = doors.mappings.of(name)?.inForce;
    if (found?.protocol !== 'json') throw new HttpProblem('not-found');
    return found;
  }

  function admitted(mapping: JsonMapping, ask: Ask, bytes: Uint8Array | null): Checked {
    const { sign } = mapping.push;
    if (sign === 'bearer') {
      if (!ask.can('readings.push')) throw new HttpProblem('no-session');
      return { nonce: null, echo: 'ok' };
    }
    const secret = doorSecrets.get(mapping.name);
    const header = (name: string) => [ask.headers[name]].flat()[0];
    const now = clock.now();
    const checked =
      secret === undefined ? null : checkedSign(sign, secret, { query: ask.query, header, bytes, now });
    if (checked === null) {
      meters.count(`door_refused_total{door="${mapping.name}"}`);
      throw new HttpProblem('door-signature');
    }
    return checked;
  }

  /** 200 is a promise: where it cannot be kept, it is not made, and nothing piles up. */
  function refuseWhileHeld(size: number): void {
    const { journal, intake } = service.health();
    if (journal === 'failed') throw new HttpProblem('journal-failed', { headers: retryAfter(seconds(5)) });
    if (intake !== 'kept' || waiting >= WAITING_AT_MOST || bytesWaiting + size > BYTES_AT_MOST)
      throw new HttpProblem('too-busy', { headers: retryAfter(seconds(5)) });
  }

  return {
    doorCheck: (ask) => admitted(mappingOf(ask.params.mapping), ask, null).echo,
    door: async (ask) => {
      const { body: bytes, params, register } = ask;
      const mapping = mappingOf(params.mapping);
      const { nonce } = admitted(mapping, ask, bytes);
      const done = { code: 0 as const, msg: 'success' as const };
      const now = clock.now();
      if (nonce !== null) {
        const seen = nonces.look(mapping.name, nonce, bytes, now);
        if (seen === 'again') return { ...done, flaws: [] };
        if (seen === 'stolen') throw new HttpProblem('door-signature', { audit: 'nonce-used' });
      }
      refuseWhileHeld(bytes.byteLength);
      // Of a token for some areas, the devices there.
      const mine = (device: DeviceCode) => register.device(as.device(device)) !== undefined;
      const areas = (ask.session as { readonly areas: readonly string[] | null } | null)?.areas ?? null;
      waiting++;
      bytesWaiting += bytes.byteLength;
      const taken = new Promise<{ outcome: string; flaws: readonly { code: string; detail: string }[] }>(
        (resolve) => {
          const arrival = {
            mapping,
            bytes,
            qos: 1 as const,
            receivedAt: now,
            ...(areas === null ? {} : { mine }),
          };
          doors.take(arrival, (outcome, flaws) => {
            waiting--;
            bytesWaiting -= bytes.byteLength;
            if (outcome === 'kept' && nonce !== null) nonces.keep(mapping.name, nonce, bytes, now);
            resolve({ outcome, flaws });
          });
        },
      );
      const { outcome, flaws } = await inTime(clock, taken);
      if (outcome !== 'kept') throw new HttpProblem('journal-failed', { headers: retryAfter(seconds(5)) });
      return { ...done, flaws: flaws.slice(0, 20).map(({ code, detail }) => ({ code, detail })) };
    },
  };
}

async function inTime<T>(clock: Services['clock'], work: Promise<T>): Promise<T> {
  let cancel = () => {};
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(PATIENCE, () =>
      reject(new HttpProblem('too-busy', { headers: retryAfter(PATIENCE) })),
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}
