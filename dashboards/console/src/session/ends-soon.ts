/** From here on the end of a session is announced: time enough to hand over. */
const ANNOUNCED = 15 * 60_000;

/** When the session ends, if that is soon; `null` else. A session without end never ends soon. */
export function endsSoon(expiresAt: string | null | undefined, now: number): number | null {
  const at = Date.parse(expiresAt ?? '');
  return at - now <= ANNOUNCED ? at : null;
}
