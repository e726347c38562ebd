import type { Ref } from 'vue';
import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import { type Language, ofBilingual, type Say } from '../i18n/translate.ts';
import { siteOf } from '../state/phase.ts';
import { createDeskNotices, type DeskNotices, type NotificationsOfBrowser } from './desk-notices.ts';
import type { LiveBoard } from './live-board.ts';
import type { Sound } from './sound.ts';

/** Notices of this desk: of what its list shows, in its language, by its sound rules. */
export function deskNoticesHere(of: {
  readonly live: LiveBoard;
  readonly sound: Sound;
  readonly shown: Ref<readonly AlarmJson[]>;
  readonly language: Ref<Language>;
  readonly say: Say;
}): DeskNotices {
  const { say, language } = of;
  const levelOf = (a: AlarmJson): string => say(`level.${a.level}`);
  const nameOf = (a: AlarmJson): string => ofBilingual(a.ruleName, language.value);
  const notices = createDeskNotices({
    browser: notificationsOfBrowser(),
    isHidden: () => document.hidden,
    isMuted: () => of.sound.mutedFor.value > 0,
    open: () => of.shown.value,
    words(what) {
      if (what === 'on') return { title: say('notify.isOn'), body: say('notify.isOnWhy') };
      if ('of' in what)
        return {
          title: say('notify.alarm', { level: levelOf(what.of), site: siteOf(what.of) }),
          body: `${nameOf(what.of)} ${what.of.worst.value} ${what.of.trigger.unit}`,
        };
      const n = what.standing.length;
      const red = what.standing.filter((a) => a.level === 1).length;
      const [first] = what.standing;
      return {
        title: say('notify.standing', { n, red }),
        body: first === undefined ? '' : `${levelOf(first)} · ${siteOf(first)} · ${nameOf(first)}`,
      };
    },
    every(ms, then) {
      const timer = setInterval(then, ms);
      return () => clearInterval(timer);
    },
    kept: localStorage,
  });
  of.live.onNews((news) => notices.hear(news));
  return notices;
}

/** The browser's own; `null` where it has none, or would refuse them for want of HTTPS. */
function notificationsOfBrowser(): NotificationsOfBrowser | null {
  if (!('Notification' in window) || !window.isSecureContext) return null;
  return {
    permission: () => Notification.permission,
    ask: () => Notification.requestPermission(),
    show(title, { body, tag, stays, onPress }) {
      // The console has a sound of its own, and its rules.
      const one = new Notification(title, { body, tag, requireInteraction: stays, silent: true });
      one.onclick = () => {
        window.focus();
        onPress();
        one.close();
      };
      return one;
    },
  };
}
