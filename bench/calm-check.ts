import { median } from '../src/domain/median.ts';
import type { Child } from './child.ts';
import { load } from './load.ts';
import recorded from './recorded.json' with { type: 'json' };

const RATE = 1_000;
const ROUNDS = 3;
const SECONDS = 2;
const JOB = { label: 'check', connections: 200, devicesPerConnection: 1, window: 4, qos: 1 } as const;
/** As many packets as it takes until what runs often is compiled. */
const WARM_UP = { seconds: 2, rate: 3_000 };
/** A change for the worse is there each time; a neighbour on the machine is not. */
const TRIES = 3;
const GROWTH_AT_MOST = 1.25;

export type CalmCheck = {
  /** CPU of the service for a message, in that of the bare broker; one for each try. */
  readonly ratios: readonly number[];
  readonly recorded: number;
  readonly isWell: boolean;
};

/**
 * Whether a message still costs what it did, in half a minute: CPU seconds for 1,000 messages beside the bare broker's in
 * the same run, against the ratio in `recorded.json`. Who makes it cheaper writes the new ratio there.
 *
 * @throws where the machine does not say what CPU a process has had
 */
export async function calmCheck(
  [bare, service]: readonly [Child, Child],
  say: (line: string) => void,
): Promise<CalmCheck> {
  const cost = async (target: Child, how: typeof WARM_UP): Promise<number> => {
    const { familyMicrosPerMessage } = await load(target, { ...JOB, ...how });
    if (familyMicrosPerMessage === null)
      throw new Error('CPU of a process is read from /proc, which is not there');
    return familyMicrosPerMessage;
  };
  for (const target of [bare, service]) await cost(target, WARM_UP);
  const atMost = recorded.calm.serviceToBare * GROWTH_AT_MOST;
  const ratios: number[] = [];
  for (let n = 1; n <= TRIES; n++) {
    const pairs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const of = { seconds: SECONDS, rate: RATE };
      const anchor = await cost(bare, of);
      const own = await cost(service, of);
      say(`${RATE} messages/s: bare ${anchor.toFixed(0)} µs, service ${own.toFixed(0)} µs of CPU each`);
      pairs.push(own / anchor);
    }
    const ratio = median(pairs);
    ratios.push(ratio);
    const isWell = ratio <= atMost;
    say(
      `calm: ${ratio.toFixed(2)} × the bare broker, ${isWell ? 'at most' : 'and no more than'} ${atMost.toFixed(2)}`,
    );
    if (isWell) break;
  }
  return { ratios, recorded: recorded.calm.serviceToBare, isWell: (ratios.at(-1) ?? Infinity) <= atMost };
}
