import { connect } from 'node:net';
import { type Duration, seconds } from '../../domain/time.ts';
import type { BrokerPlace } from './place.ts';

const AT_MOST: Duration = seconds(3);

/**
 * Whether anybody answers at one of these places. No more than that: as whom we would come, and what we may read there, only the
 * machine that writes finds out, since there is one session for both.
 */
export async function reachesOne(places: readonly Pick<BrokerPlace, 'host' | 'port'>[]): Promise<boolean> {
  const answers = await Promise.all(places.map(answersAt));
  return answers.includes(true);
}

const answersAt = ({ host, port }: Pick<BrokerPlace, 'host' | 'port'>): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(AT_MOST, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
