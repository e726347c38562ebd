import type { Handover, HandoverEvent } from './handover.ts';

/** @param handover `null`: the event makes it */
export function evolveHandover(handover: Handover | null, event: HandoverEvent): Handover {
  const { change, at, by, revision } = event;
  if (handover === null) {
    if (change.kind !== 'opened') throw new Error(`a hand-over begins with "${change.kind}"`);
    return {
      ...change.birth,
      revision,
      state: 'open',
      to: at,
      madeBy: by,
      signatures: [],
      endedAt: null,
      voided: null,
    };
  }
  switch (change.kind) {
    case 'opened':
      throw new Error('a hand-over is opened once');
    case 'signed': {
      const signatures = [...handover.signatures, { ...change.signature, at }];
      const all = (side: 'outgoing' | 'incoming') =>
        handover[side].every((p) => signatures.some((s) => s.side === side && s.account === p.account));
      const state = !all('outgoing') ? 'open' : all('incoming') ? 'both-signed' : 'outgoing-signed';
      return {
        ...handover,
        revision,
        state,
        signatures,
        reason: change.reason ?? handover.reason,
        endedAt: state === 'both-signed' ? at : null,
      };
    }
    case 'voided':
      return {
        ...handover,
        revision,
        state: 'voided',
        endedAt: at,
        voided: { by, reason: change.reason },
      };
  }
}
