import type { TurnNumber } from '../../domain/ids.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { Findings } from '../judging/findings.ts';
import { Listening } from '../judging/listening.ts';
import type { PointState } from '../judging/point-state.ts';
import { awaitedSince, judgeSilence } from '../judging/silence.ts';
import type { Listened } from '../ports/journal.ts';
import type { AlarmDesk } from './alarm-desk.ts';
import type { Draft } from './draft.ts';
import type { Points } from './points.ts';

/** Which points have not been heard for too long, and which speak again. */
export class SilenceWatch {
  readonly #points: Points;
  readonly #desk: AlarmDesk;
  #listening = new Listening([], 0);

  constructor(given: { points: Points; desk: AlarmDesk }) {
    this.#points = given.points;
    this.#desk = given.desk;
  }

  /** A start, on our clock. @param past in which the service listened before, oldest first */
  start(past: readonly Listened[], now: Millis): void {
    this.#listening = new Listening(past, now);
  }

  get startedAt(): Millis {
    return this.#listening.startedAt;
  }

  /** To be kept. */
  listenedUpTo(now: Millis): readonly Listened[] {
    return this.#listening.upTo(now);
  }

  tick(findings: Findings, draft: Draft): void {
    for (const point of this.#points.all()) {
      const since = this.#listening.silentSince(awaitedSince(point));
      const maybe = (draft.at - since) / 60_000 >= point.plan.silentAfter;
      if (!maybe && !point.plan.silence.some((r) => point.alarms.has(r.id))) continue;
      for (const rule of point.plan.silence) this.#judge(point, rule, findings, draft);
    }
  }

  /** Something was heard from a point that was silent. */
  heard(point: PointState, receivedAt: Millis, findings: Findings, draft: Draft): void {
    point.memory.heardAt = Math.max(point.memory.heardAt, receivedAt);
    if (point.alarms.size === 0) return;
    for (const rule of point.plan.silence)
      if (point.alarms.has(rule.id)) this.#judge(point, rule, findings, draft);
  }

  /** Our clock was set while nothing ran: so the time in which we listened is as long ago as it was. */
  clockMoved(by: Duration): void {
    this.#listening = this.#listening.moved(by);
  }

  /** What was heard in a time that is to come again would pass for heard until then. */
  onTodaysClock(lastTurn: TurnNumber): void {
    const listening = this.#listening;
    if (!listening.wasSetBack) return;
    for (const point of this.#points.all()) {
      const { memory } = point;
      if (memory.heardAt > 0) memory.heardAt = listening.silentSince(memory.heardAt);
      if (memory.awaitedSince !== undefined) memory.awaitedSince = listening.silentSince(memory.awaitedSince);
      this.#points.touched(point, lastTurn, listening.startedAt);
    }
    this.#listening = listening.inTodaysClock();
  }

  #judge(
    point: PointState,
    rule: PointState['plan']['silence'][number],
    findings: Findings,
    draft: Draft,
  ): void {
    const found = judgeSilence(point, rule, draft.at, this.#listening, findings);
    if (found === null) return;
    if (found.changed) this.#points.touched(point, draft.turn, draft.at);
    if (rule.metric === null)
      this.#desk.interruption(point, found.level !== null, point.plan.silenceIds, draft);
  }
}
