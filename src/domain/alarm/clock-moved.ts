import type { Duration } from '../time.ts';
import type { Alarm, Overlay, Phase } from './alarm.ts';

/**
 * The alarm as it goes on after our own clock was set: a shelf has as much time left as before, and an acknowledgement is
 * as old as before. When the alarm was raised stays as it was written.
 *
 * @param by how far our clock was moved; negative: back
 */
export function clockMoved(alarm: Alarm, by: Duration): Alarm {
  return { ...alarm, phase: phaseMoved(alarm.phase, by), overlay: overlayMoved(alarm.overlay, by) };
}

function phaseMoved(phase: Phase, by: Duration): Phase {
  if (phase.is !== 'active-acked') return phase;
  return { ...phase, ack: { ...phase.ack, at: phase.ack.at + by } };
}

function overlayMoved(overlay: Overlay, by: Duration): Overlay {
  if (overlay.is !== 'shelved') return overlay;
  return { ...overlay, at: overlay.at + by, until: overlay.until + by };
}
