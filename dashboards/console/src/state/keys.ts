export type DeskKey =
  | 'up'
  | 'down'
  | 'acknowledge'
  | 'shelve'
  | 'note'
  | 'escalate'
  | 'dispatch'
  | 'mute'
  | 'tick'
  | 'moreUp'
  | 'moreDown'
  | 'fold'
  | 'unfold'
  | 'acknowledgeAll'
  | 'assessAll'
  | 'search'
  | 'help'
  | 'escape';

/**
 * What a key press asks of the desk, if anything. Letters are read by their place on the keyboard, because
 * with a Chinese input method switched on `key` is not the letter. A held key acts once: an acknowledgement
 * moves on to the next alarm, and nobody acknowledges a list by leaning on `A`.
 */
export function keyOf(e: {
  readonly key: string;
  readonly code: string;
  readonly repeat: boolean;
  readonly modified: boolean;
  readonly typing: boolean;
  readonly dialog: boolean;
  readonly shift?: boolean;
  /** The focus is on a button or a link, which the space bar presses. */
  readonly onButton?: boolean;
}): DeskKey | null {
  if (e.dialog || e.modified) return null;
  if (e.key === 'Escape') return 'escape';
  if (e.typing) return null;
  if (e.key === 'ArrowUp') return e.shift ? 'moreUp' : 'up';
  if (e.key === 'ArrowDown') return e.shift ? 'moreDown' : 'down';
  if (e.repeat) return null;
  if (e.key === 'ArrowLeft') return 'fold';
  if (e.key === 'ArrowRight') return 'unfold';
  if (e.key === ' ') return e.onButton ? null : 'tick';
  if (e.key === '?' || e.key === '？') return 'help';
  if (e.key === '/' || e.code === 'Slash') return 'search';
  return (e.shift ? WITH_SHIFT[e.code] : undefined) ?? LETTERS[e.code] ?? null;
}

const LETTERS: Readonly<Record<string, DeskKey>> = {
  KeyA: 'acknowledge',
  KeyS: 'shelve',
  KeyN: 'note',
  KeyE: 'escalate',
  KeyD: 'dispatch',
  KeyM: 'mute',
};

const WITH_SHIFT: Readonly<Record<string, DeskKey>> = { KeyA: 'acknowledgeAll', KeyR: 'assessAll' };
