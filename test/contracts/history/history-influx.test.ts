import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HistoryInflux, type HistoryInfluxOptions } from '../../../src/adapters/history-influx/index.ts';
import { as, type TurnNumber } from '../../../src/domain/ids.ts';
import type { SpooledTurn } from '../../../src/flow/ports/journal.ts';
import { hasInfluxd, Influxd } from '../../support/influxd.ts';
import { historyContract } from './history.contract.ts';

/** Each opening knows the last turn of the one before, as a start knows it from its journal. */
class Reopened extends HistoryInflux {
  readonly #told: (turn: TurnNumber) => void;

  constructor(options: HistoryInfluxOptions, told: (turn: TurnNumber) => void) {
    super(options);
    this.#told = told;
  }

  override keep(turns: readonly SpooledTurn[]): Promise<void> {
    for (const { turn } of turns) this.#told(turn);
    return super.keep(turns);
  }
}

/** Opens again and again over one place. */
function opener(options: Omit<HistoryInfluxOptions, 'lastTurn' | keyof typeof common>): () => HistoryInflux {
  let lastTurn = as.turn(0);
  const told = (turn: TurnNumber) => {
    if (turn > lastTurn) lastTurn = turn;
  };
  return () => new Reopened({ ...common, ...options, lastTurn }, told);
}

const common = {
  keepDays: 36_500,
  now: Date.now,
  onTrouble: (msg: string, fields: unknown) => expect.fail(`${msg} ${JSON.stringify(fields)}`),
  onRejected: (rejected: unknown) => expect.fail(`rejected: ${JSON.stringify(rejected)}`),
} satisfies Partial<HistoryInfluxOptions>;

if (hasInfluxd()) {
  let influxd: Influxd;
  beforeAll(async () => {
    influxd = await Influxd.start();
  });
  afterAll(() => influxd.stop());

  historyContract(
    'the history in InfluxDB 1.x',
    () => {
      const bucket = `c${randomUUID().slice(0, 8)}`;
      return {
        open: opener({
          url: influxd.url,
          version: '1',
          token: null,
          org: null,
          bucket,
          lifelines: ['gas', 'bridge'],
          // A point that the register does not know goes into a measurement of its own.
          lifelineOf: (point) => (point === 'GAS-2' ? 'bridge' : point === 'silent' ? null : 'gas'),
          source: 'contract',
        }),
        end: () => undefined,
      };
    },
    { batchesAppearInParts: true },
  );
} else {
  describe('the history in InfluxDB 1.x', () => {
    test.skip('NOT RUN: there is no influxd on this machine (Debian: apt-get install influxdb)', () =>
      undefined);
  });
}

// A server of 2.x or 3, if one is given: each place has measurements and a mark of its own in the one bucket.
for (const version of ['2', '3'] as const) {
  const env = (name: string) => process.env[`TEST_INFLUX${version}_${name}`];
  const url = env('URL');
  if (url === undefined) continue;
  historyContract(
    `the history in InfluxDB ${version}`,
    () => {
      const place = `t${randomUUID().slice(0, 8)}`;
      return {
        open: opener({
          url,
          version,
          token: env('TOKEN') ?? null,
          org: env('ORG') ?? 'lifeline',
          bucket: env('BUCKET') ?? 'lifeline',
          lifelines: [`${place}gas`, `${place}bridge`],
          lifelineOf: (point) => `${place}${point === 'GAS-2' ? 'bridge' : 'gas'}`,
          source: place,
        }),
        end: () => undefined,
      };
    },
    { batchesAppearInParts: true, ...(version === '3' ? { forgetsByItself: true } : {}) },
  );
}
