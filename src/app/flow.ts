import { setImmediate as nextRound } from 'node:timers/promises';
import { systemIds } from '../adapters/ids/index.ts';
import type { TurnNumber } from '../domain/ids.ts';
import { hours } from '../domain/time.ts';
import { LiveBoard } from '../flow/board/board.ts';
import { recall } from '../flow/board/recall.ts';
import { Core } from '../flow/core/core.ts';
import { rebuild } from '../flow/core/rebuild.ts';
import { RegisterDesk } from '../flow/core/register-desk.ts';
import type { TurnRecord } from '../flow/ports/journal.ts';
import { releaseInto } from '../flow/release.ts';
import { Drain } from '../flow/storage/drain.ts';
import { lookedAt } from '../flow/storage/looked-at-history.ts';
import { SpoolWatch } from '../flow/storage/spool-watch.ts';
import { Turn } from '../flow/turn.ts';
import { PACKS } from '../packs/index.ts';
import { PLATFORM } from '../packs/platform.ts';
import { PROBE } from '../packs/probe.ts';
import type { Ground } from './ground.ts';
import type { Storage } from './storage.ts';

/** Desk rules of the house: shelving ends after a shift's two thirds at the latest. */
const SHELVE_AT_MOST = hours(8);

export type Flow = Awaited<ReturnType<typeof buildFlow>>;

/** The core as the journal left it, and the line from a turn to the board and to the history. Nothing runs yet. */
export async function buildFlow(ground: Ground, { journal, history, recovered }: Storage) {
  const { options, config, clock, log, meters, ahead } = ground;
  const core = new Core({
    packs: [...(options.packs ?? PACKS), PLATFORM, PROBE],
    ids: options.ids ?? systemIds,
    meters,
    limits: {
      shelveAtMost: SHELVE_AT_MOST,
      shelveLevel1: config.LIFELINE_SHELVE_LEVEL_1 !== 'never',
      secondPersonForLevel1: config.LIFELINE_SHELVE_LEVEL_1 === 'two-persons',
      secondPersonToAssess: config.LIFELINE_ASSESS_LEVEL_1 === 'two-persons',
    },
    autoRegister: config.LIFELINE_AUTO_REGISTER,
    ruleApproval: config.LIFELINE_RULE_APPROVAL,
  });
  ahead.lifelineOf = (point) => core.register.point(point)?.lifeline ?? null;
  const clockMovedBy = options.clockMoved?.by ?? 0;
  await rebuild({ core, recovered, journal, history, now: clock.now(), log, clockMovedBy });

  const board = new LiveBoard({ epoch: recovered.epoch, core });
  await recall(board, journal, clock.now());
  const drain = new Drain({ journal, history, clock, log, meters });
  const release = releaseInto({
    board,
    drain,
    tell: (topic, payload) => ahead.tell(topic, payload),
    owed: () => ahead.owed(),
    commanded: (record) => ahead.commanded(record),
    upward: (record) => ahead.upward(record),
  });
  let durableTurn: TurnNumber = recovered.lastTurn;
  const released = (record: TurnRecord): void => {
    durableTurn = record.turn;
    release(record);
    ahead.heard(record);
  };
  const spool = new SpoolWatch({ journal, log, meters, maxBytes: config.LIFELINE_SPOOL_MAX_MB * 1e6 });
  const turn = new Turn({
    core,
    journal,
    clock,
    log,
    released,
    passed: () => performance.now(),
    soon: (run) => void setImmediate(run),
    failed: (why) => options.onFailed?.(why),
    room: () => spool.room(),
    holding: (isHolding) => void spool.holding(isHolding).then(() => ahead.report()),
  });
  const breathe = (): Promise<void> => nextRound();
  const registrar = new RegisterDesk({ turn, register: core.register, by: core.surroundings, breathe });
  return {
    core,
    board,
    drain,
    spool,
    turn,
    registrar,
    breathe,
    history: lookedAt(history, drain),
    durableTurn: () => durableTurn,
  };
}
