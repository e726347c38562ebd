import type { LiveBoard } from './board/board.ts';
import { type Tell, tellAlarms } from './board/tell-alarms.ts';
import type { TurnRecord } from './ports/journal.ts';
import type { Drain } from './storage/drain.ts';

/**
 * What happens once a turn is durable, and not before (promises C7), in this order: the consoles are shown it, other systems
 * are told its alarms, the drain learns that there is something to carry. Who waits for the turn itself (PUBACK, HTTP answer) is
 * answered by the turn.
 *
 * @param tell publishes over MQTT
 * @param owed there are notices to be sent; left out: nobody sends
 */
export function releaseInto(given: {
  readonly board: LiveBoard;
  readonly drain: Pick<Drain, 'kick'>;
  readonly tell: Tell;
  readonly owed?: () => void;
  /** Commands were made, or something has become of them; left out: nobody sends. */
  readonly commanded?: (record: TurnRecord) => void;
  /** There are items to go up; left out: nobody sends. */
  readonly upward?: (record: TurnRecord) => void;
}): (record: TurnRecord) => void {
  const { board, drain, tell, owed, commanded, upward } = given;
  return (record) => {
    board.release(record);
    tellAlarms(record, board, tell);
    if (isSpooled(record)) drain.kick(record.turn);
    if (record.told !== undefined) owed?.();
    if (record.commands !== undefined) commanded?.(record);
    if (record.exchanged !== undefined) upward?.(record);
  };
}

/** What is only known of a clock waits in the spool as readings do. */
const isSpooled = (r: TurnRecord): boolean =>
  r.readings.length > 0 ||
  r.frames.length > 0 ||
  r.stock !== undefined ||
  r.owed !== undefined ||
  r.clocks !== undefined;
