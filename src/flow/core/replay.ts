import { as, type PointCode, type TurnNumber } from '../../domain/ids.ts';
import { isMeasured } from '../../domain/judge/admits.ts';
import type { Arrival } from '../../domain/judge/arrival.ts';
import { judgeSamples } from '../../domain/judge/quality.ts';
import type { Reading } from '../../domain/reading.ts';
import { decodeJudged } from '../../wire/files/spool.ts';
import { NO_LISTENER } from '../judging/findings.ts';
import { noteFrame } from '../judging/frame-times.ts';
import { cutFeatures, judgeReading } from '../judging/judge-point.ts';
import type { PointState } from '../judging/point-state.ts';
import type { Recovered, SpooledTurn } from '../ports/journal.ts';
import type { Core } from './core.ts';

/** Kept turns, oldest first, through the memories that do not know them yet. What came of them is in the journal: nobody is told. */
export class Replay {
  readonly #core: Pick<Core, 'points' | 'combinations' | 'book' | 'silence'>;
  /** Turn at which each memory was taken. */
  readonly #keptAt: ReadonlyMap<PointCode, TurnNumber>;
  #upTo = as.turn(0);

  constructor(
    core: Pick<Core, 'points' | 'combinations' | 'book' | 'silence'>,
    memories: Recovered['memories'],
  ) {
    this.#core = core;
    this.#keptAt = new Map(memories.map((m) => [m.point, m.turn]));
  }

  turn({ turn, body }: SpooledTurn): void {
    const { points, book } = this.#core;
    const { readings, frames, clocks } = decodeJudged(body);
    const before = as.turn(turn - 1);
    if (book.changedBetween(this.#upTo, before)) points.replan(before, (code) => this.#isNews(code, turn));
    this.#upTo = before;
    for (const frame of frames) {
      const point = this.#unaware(frame.point, turn);
      const plan = point?.plan.metrics.get(frame.metric);
      if (point === undefined || plan === undefined) continue;
      noteFrame(point, plan, frame);
      // Closed windows are in the turn as readings already: only the open window is rebuilt here.
      cutFeatures(point, plan, { ...frame, samples: judgeSamples(plan.metric, plan.codes, frame.samples) });
      this.#touched(point, turn);
    }
    // One by one, as they were judged: a combination hears of each before the next is.
    for (const reading of readings) this.#combine(reading, this.#judge(reading, turn), turn);
    for (const [code, clock] of clocks) {
      const point = this.#unaware(code, turn);
      if (point !== undefined) point.memory.clock = clock ?? undefined;
    }
  }

  /** @returns `undefined`: its point knows of it */
  #judge(reading: Reading, turn: TurnNumber): Arrival | null | undefined {
    const point = this.#unaware(reading.point, turn);
    const plan = point?.plan.metrics.get(reading.metric);
    if (point === undefined || plan === undefined) return undefined;
    const arrival = judgeReading(point, plan, reading, NO_LISTENER);
    this.#touched(point, turn);
    return arrival;
  }

  /**
   * A point whose memory is newer than this reading may still be one that another's combination has to hear of.
   *
   * @param judged as it was judged at its point now; `undefined`: it was before, and of what came late nobody knows how
   */
  #combine(reading: Reading, judged: Arrival | null | undefined, turn: TurnNumber): void {
    const point = this.#core.points.of(reading.point);
    if (point === undefined || !isMeasured(reading)) return;
    const arrival = judged === undefined ? (reading.backfill ? 'backfill' : 'live') : judged;
    this.#core.combinations.judge(point, reading, arrival, {
      ahead: !this.#isNews(reading.point, turn),
      findings: NO_LISTENER,
      judged: (anchor) => {
        if (!this.#isNews(anchor.code, turn)) return false;
        this.#touched(anchor, turn);
        return true;
      },
    });
  }

  #unaware(code: PointCode, turn: TurnNumber): PointState | undefined {
    const point = this.#core.points.of(code);
    return point !== undefined && this.#isNews(code, turn) ? point : undefined;
  }

  #isNews(code: PointCode, turn: TurnNumber): boolean {
    return turn > (this.#keptAt.get(code) ?? 0);
  }

  #touched(point: PointState, turn: TurnNumber): void {
    this.#core.points.touched(point, turn, this.#core.silence.startedAt);
  }
}
