import { computed, type Ref, ref, watch } from 'vue';
import type { News } from '../state/board.ts';
import { endsMute, type Level, MUTE_FOR, PATTERNS, type Pattern, TEST_TONE } from '../state/sounding.ts';

/** Browsers play nothing until a person has pressed something: `locked` until then. */
export type SoundState = 'locked' | 'on' | 'failed';

export type Sound = {
  readonly state: Ref<SoundState>;
  /** Seconds of mute left; 0: not muted. */
  readonly mutedFor: Ref<number>;
  /** The level being played right now, for the strip and for tests. */
  readonly playing: Ref<Level | null>;
  /** From the press of a button: unlocks, and plays a test tone so that the loudspeaker is known to work. */
  unlock(): Promise<void>;
  toggleMute(): void;
  hear(news: readonly News[]): void;
  stop(): void;
};

export function createSound(wanted: Ref<Level | null>, now: Ref<number>): Sound {
  const state = ref<SoundState>('locked');
  const mutedUntil = ref(0);
  const mutedFor = computed(() => Math.max(0, Math.ceil((mutedUntil.value - now.value) / 1000)));
  const playing = computed(() => (state.value === 'on' && mutedFor.value === 0 ? wanted.value : null));
  let context: AudioContext | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;

  watch(playing, (level, before) => {
    // Graver interrupts at once; milder or none lets the present beep end.
    if (before !== null && level !== null && level > before) return;
    clearTimeout(again);
    round();
  });

  function round(): void {
    const level = playing.value;
    if (level === null) return;
    play(PATTERNS[level]);
    again = setTimeout(round, PATTERNS[level].every);
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
    async unlock() {
      try {
        context ??= new AudioContext();
        await context.resume();
        play(TEST_TONE);
        state.value = 'on';
      } catch {
        state.value = 'failed';
      }
    },
    toggleMute() {
      mutedUntil.value = mutedFor.value > 0 ? 0 : now.value + MUTE_FOR;
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
