import { type Ref, ref } from 'vue';
import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import type { News } from '../state/board.ts';
import { isHidden, isUnacked } from '../state/phase.ts';
import { speaksUp } from '../state/sounding.ts';

/** `unable`: this browser shows none here (plain HTTP under a name, or too old); `denied`: a person has refused it in the browser. */
export type DeskNoticeState = 'unable' | 'off' | 'on' | 'denied';

/** What of the browser's notifications is used. */
export type NotificationsOfBrowser = {
  permission(): 'default' | 'granted' | 'denied';
  ask(): Promise<'default' | 'granted' | 'denied'>;
  show(
    title: string,
    options: { body: string; tag: string; stays: boolean; onPress(): void },
  ): { close(): void };
};

/**
 * Red and orange that nobody has acknowledged, said by the browser itself while this page is not to be seen. A new alarm at once,
 * what stands once a minute; silent while the desk is muted, gone with the acknowledgement. Kept on this workstation.
 */
export type DeskNotices = {
  readonly state: Ref<DeskNoticeState>;
  /** What a press on one opens: an alarm, or `null`: the desk. */
  goTo: (alarm: string | null) => void;
  /** Again, for whoever has logged in: what was chosen at this workstation holds. */
  start(): void;
  /** From the press of a button: browsers ask for permission at nothing less. */
  toggle(): Promise<void>;
  hear(news: readonly News[]): void;
  stop(): void;
};

export type DeskNoticeNeeds = {
  /** `null`: there are none here. */
  readonly browser: NotificationsOfBrowser | null;
  isHidden(): boolean;
  isMuted(): boolean;
  /** Alarms as the desk shows them. */
  open(): Iterable<AlarmJson>;
  words(what: { readonly of: AlarmJson } | { readonly standing: readonly AlarmJson[] } | 'on'): {
    readonly title: string;
    readonly body: string;
  };
  every(ms: number, then: () => void): () => void;
  readonly kept: { getItem(key: string): string | null; setItem(key: string, value: string): void };
};

const KEPT = 'lifeline.desk-notices';
const GRAVE = 2;
const AGAIN_EVERY = 60_000;
/** In a flood nobody reads twenty of them: from here on one says how many there are. */
const AT_ONCE = 3;
const STANDING = 'lifeline-standing';

export function createDeskNotices(needs: DeskNoticeNeeds): DeskNotices {
  const { browser, kept } = needs;
  const state = ref<DeskNoticeState>(stateNow());
  const shown = new Map<string, { close(): void }>();
  let callOff: (() => void) | null = null;

  function stateNow(): DeskNoticeState {
    if (browser === null) return 'unable';
    if (browser.permission() === 'denied') return 'denied';
    return kept.getItem(KEPT) === 'on' && browser.permission() === 'granted' ? 'on' : 'off';
  }

  function begin(): void {
    callOff ??= needs.every(AGAIN_EVERY, remind);
  }

  function show(
    tag: string,
    what: Parameters<DeskNoticeNeeds['words']>[0],
    alarm: string | null,
    stays: boolean,
  ): void {
    if (browser === null) return;
    shown.get(tag)?.close();
    const { title, body } = needs.words(what);
    shown.set(tag, browser.show(title, { body, tag, stays, onPress: () => notices.goTo(alarm) }));
  }

  const speaks = (): boolean => state.value === 'on' && needs.isHidden() && !needs.isMuted();

  function standing(): readonly AlarmJson[] {
    return [...needs.open()].filter((a) => a.level <= GRAVE && isUnacked(a) && !isHidden(a) && !a.late);
  }

  function remind(): void {
    const waiting = standing();
    if (speaks() && waiting.length > 0)
      show(
        STANDING,
        { standing: waiting },
        null,
        waiting.some((a) => a.level === 1),
      );
  }

  const notices: DeskNotices = {
    state,
    goTo: () => undefined,
    start() {
      state.value = stateNow();
      if (state.value === 'on') begin();
    },
    async toggle() {
      if (browser === null) return;
      if (state.value === 'on') {
        kept.setItem(KEPT, 'off');
        state.value = 'off';
        notices.stop();
        return;
      }
      const answer = browser.permission() === 'default' ? await browser.ask() : browser.permission();
      if (answer === 'granted') kept.setItem(KEPT, 'on');
      state.value = stateNow();
      if (state.value !== 'on') return;
      begin();
      // So that it is known to work before it is needed.
      show(STANDING, 'on', null, false);
    },
    hear(news) {
      for (const { alarm } of news)
        if (!isUnacked(alarm) || isHidden(alarm)) {
          shown.get(alarm.id)?.close();
          shown.delete(alarm.id);
        }
      if (!speaks()) return;
      const fresh = news.filter((n) => n.alarm.level <= GRAVE && speaksUp(n)).map((n) => n.alarm);
      if (fresh.length > AT_ONCE) remind();
      else for (const a of fresh) show(a.id, { of: a }, a.id, a.level === 1);
    },
    stop() {
      callOff?.();
      callOff = null;
      for (const one of shown.values()) one.close();
      shown.clear();
    },
  };
  return notices;
}
