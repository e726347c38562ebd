import { computed, type Ref, ref, watch } from 'vue';
import type { News } from '../state/board.ts';
import {
  DRILL_TONE,
  endsMute,
  type Level,
  MUTE_FOR,
  PATTERNS,
  type Pattern,
  TEST_TONE,
  WARNING,
} from '../state/sounding.ts';
import type { Clock } from './clock.ts';

/**
 * Browsers play nothing until a person has pressed something: `locked` until then. `lost`: it was on, and the system has
 * taken the sound away; it is asked back every two seconds. That it was on is remembered on this workstation: after a
 * reload it is on again as soon as the browser allows it, with the first press of anything at the latest.
 */
export type SoundState = 'locked' | 'on' | 'lost' | 'failed';

const LOOKS_EVERY = 2_000;
const KEPT = 'lifeline.sound';

export type Sound = {
  readonly state: Ref<SoundState>;
  /** Seconds of mute left; 0: not muted. */
  readonly mutedFor: Ref<number>;
  /** The level being played right now, for the strip and for tests. */
  readonly playing: Ref<Level | null>;
  /** The warning tone is being played: no alarm would reach this desk. */
  readonly warning: Ref<boolean>;
  /** The tone of a drill is being played: nothing real is to be heard. */
  readonly drilling: Ref<boolean>;
  /** It was on here before, and waits for a press of anything. */
  readonly waits: Ref<boolean>;
  /** On again, if it was on at this workstation. */
  recall(): void;
  /** The warning tone, once. */
  warnOnce(): void;
  /** From the press of a button: unlocks, and plays a test tone so that the loudspeaker is known to work. */
  unlock(): Promise<void>;
  toggleMute(): void;
  hear(news: readonly News[]): void;
  stop(): void;
};

/**
 * @param wanted the level that should be heard, whether no alarm would reach this desk, and whether somebody is waited for in a drill
 * @param clock of durations: a mute lasts two minutes, whatever any clock is set to
 */
export function createSound(
  wanted: {
    readonly level: Ref<Level | null>;
    readonly warning: Ref<boolean>;
    readonly drill?: Ref<boolean>;
  },
  clock: Pick<Clock, 'steady' | 'elapsed'>,
  open: () => AudioContext = () => new AudioContext(),
): Sound {
  const state = ref<SoundState>('locked');
  const mutedUntil = ref(0);
  const mutedFor = computed(() => Math.max(0, Math.ceil((mutedUntil.value - clock.steady.value) / 1000)));
  const heard = computed(() => state.value === 'on' && mutedFor.value === 0);
  const playing = computed(() => (heard.value ? wanted.level.value : null));
  const warning = computed(() => heard.value && wanted.warning.value);
  /** Only where nothing real is to be heard. */
  const drilling = computed(
    () => heard.value && wanted.drill?.value === true && playing.value === null && !warning.value,
  );
  const recalled = ref(false);
  const waits = computed(() => recalled.value && state.value === 'locked');
  let context: AudioContext | null = null;
  let looking: ReturnType<typeof setTimeout> | undefined;
  /** Where the sound stood at the last look: a running one moves on. */
  let stoodAt = -1;
  let again: ReturnType<typeof setTimeout> | undefined;
  let drillAgain: ReturnType<typeof setTimeout> | undefined;
  let warnAgain: ReturnType<typeof setTimeout> | undefined;

  watch(playing, (level, before) => {
    // Graver interrupts at once; milder or none lets the present beep end.
    if (before !== null && level !== null && level > before) return;
    clearTimeout(again);
    round();
  });

  function round(): void {
    const level = playing.value;
    if (level === null || !sounds()) return;
    play(PATTERNS[level]);
    again = setTimeout(round, PATTERNS[level].every);
  }

  watch(warning, () => {
    clearTimeout(warnAgain);
    warn();
  });
  function warn(): void {
    if (!warning.value || !sounds()) return;
    play(WARNING);
    warnAgain = setTimeout(warn, WARNING.every);
  }

  watch(drilling, () => {
    clearTimeout(drillAgain);
    drill();
  });
  function drill(): void {
    if (!drilling.value || !sounds()) return;
    play(DRILL_TONE);
    drillAgain = setTimeout(drill, DRILL_TONE.every);
  }

  /** Whether anything can be heard now; if not, the strip says so, and the sound is asked back. */
  function sounds(): boolean {
    if (context?.state === 'running') return true;
    if (state.value === 'on') state.value = 'lost';
    if (state.value === 'lost') void revive();
    return false;
  }

  /** Suspended, or interrupted by a call: resumed. Closed: made anew. Neither may be granted. */
  async function revive(): Promise<void> {
    try {
      if (context === null || context.state === 'closed') context = listened(open());
      await context.resume();
      if (state.value !== 'failed' && context.state === 'running') isOn();
    } catch {
      // Asked again at the next look.
    }
  }

  function isOn(): void {
    if (state.value === 'on') return;
    state.value = 'on';
    look();
  }

  function listened(made: AudioContext): AudioContext {
    made.onstatechange = () => {
      if (made === context && (state.value !== 'locked' || recalled.value) && sounds()) isOn();
    };
    stoodAt = -1;
    return made;
  }

  /** Before an alarm needs it, too: the strip is to say in time that none would be heard. */
  function look(): void {
    clearTimeout(looking);
    looking = setTimeout(look, LOOKS_EVERY);
    if (!sounds() || context === null) return;
    // "Running", and standing still: the loudspeaker is gone. Only another one can bring it back.
    if (context.currentTime === stoodAt) {
      void context.close().catch(() => undefined);
      context = null;
      sounds();
    } else stoodAt = context.currentTime;
  }

  function play(pattern: Pattern): void {
    if (context === null) return;
    let at = context.currentTime + 0.02;
    for (const beep of pattern.beeps) {
      const length = beep.ms / 1000;
      const tone = context.createOscillator();
      const gain = context.createGain();
      tone.type = 'triangle';
      tone.frequency.value = beep.hz;
      // Ramps instead of steps: a hard edge is a click that tires the ear.
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(0.3, at + 0.01);
      gain.gain.setValueAtTime(0.3, at + length - 0.02);
      gain.gain.linearRampToValueAtTime(0, at + length);
      tone.connect(gain).connect(context.destination);
      tone.start(at);
      tone.stop(at + length);
      at += length + 0.05;
    }
  }

  return {
    state,
    mutedFor,
    playing,
    warning,
    drilling,
    waits,
    recall() {
      if (recalled.value || state.value !== 'locked' || localStorage.getItem(KEPT) !== 'on') return;
      recalled.value = true;
      const pressed = (): void => {
        if (state.value === 'locked' || state.value === 'lost') void revive();
      };
      for (const gesture of ['pointerdown', 'keydown'])
        addEventListener(gesture, pressed, { capture: true, passive: true });
      void revive();
    },
    warnOnce() {
      if (heard.value && sounds()) play(WARNING);
    },
    async unlock() {
      try {
        if (context === null || context.state === 'closed') context = listened(open());
        await context.resume();
        play(TEST_TONE);
        localStorage.setItem(KEPT, 'on');
        isOn();
      } catch {
        state.value = 'failed';
      }
    },
    toggleMute() {
      mutedUntil.value = mutedFor.value > 0 ? 0 : clock.elapsed() + MUTE_FOR;
    },
    hear(news) {
      if (endsMute(news)) mutedUntil.value = 0;
    },
    stop() {
      clearTimeout(again);
      mutedUntil.value = 0;
    },
  };
}
