import { beforeEach, describe, expect, it } from 'vitest';
import { createDeskNotices, type DeskNotices } from '../../dashboards/console/src/console/desk-notices.ts';
import type { News } from '../../dashboards/console/src/state/board.ts';
import type { AlarmJson } from '../../src/wire/alarm.ts';
import { acked, anAlarm } from './an-alarm.ts';

type Permission = 'default' | 'granted' | 'denied';
type Shown = { title: string; tag: string; stays: boolean; closed: boolean; press(): void };

let shown: Shown[];
let open: AlarmJson[];
let permission: Permission;
let answer: Permission;
let here: { hidden: boolean; muted: boolean };
let minute: () => void;
let kept: Map<string, string>;
let desk: DeskNotices;

const made = (there = true): DeskNotices =>
  createDeskNotices({
    browser: there
      ? {
          permission: () => permission,
          ask: async () => {
            permission = answer;
            return answer;
          },
          show(title, { tag, stays, onPress }) {
            const one = {
              title,
              tag,
              stays,
              closed: false,
              press: onPress,
              close() {
                one.closed = true;
              },
            };
            shown.push(one);
            return one;
          },
        }
      : null,
    isHidden: () => here.hidden,
    isMuted: () => here.muted,
    open: () => open,
    words: (what) => ({
      title: what === 'on' ? 'on' : 'of' in what ? what.of.id : `${what.standing.length} standing`,
      body: '',
    }),
    every: (_, then) => {
      minute = then;
      return () => {
        minute = () => undefined;
      };
    },
    kept: { getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => void kept.set(k, v) },
  });
const news = (alarm: AlarmJson, event: News['event'] = 'raised'): News => ({
  type: 'alarm',
  seq: 1,
  event,
  at: '2026-03-01T04:00:00Z',
  by: '系统',
  alarm,
});
const raise = (...alarms: AlarmJson[]) => {
  open.push(...alarms);
  desk.hear(alarms.map((a) => news(a)));
};
const titles = () => shown.map((s) => s.title);

beforeEach(async () => {
  shown = [];
  open = [];
  permission = 'default';
  answer = 'granted';
  here = { hidden: false, muted: false };
  kept = new Map();
  minute = () => undefined;
  desk = made();
  desk.start();
  await desk.toggle();
  shown = [];
  here.hidden = true;
});

describe('a notice of the desk', () => {
  it('is of red and orange that nobody has acknowledged, while the page is hidden, and of nothing else', () => {
    raise(anAlarm('red'), anAlarm('orange', { level: 2 }));
    raise(
      anAlarm('yellow', { level: 3 }),
      acked(anAlarm('seen')),
      anAlarm('shelved', { overlay: 'shelved' }),
    );
    raise(anAlarm('late', { late: true }));
    expect(titles()).toEqual(['red', 'orange']);
    expect(shown.map((s) => s.stays)).toEqual([true, false]);
    here.hidden = false;
    raise(anAlarm('before my eyes'));
    expect(shown).toHaveLength(2);
  });

  it('is silent while the desk is muted', () => {
    here.muted = true;
    raise(anAlarm('red'));
    minute();
    expect(shown).toEqual([]);
  });

  it('of what stands is said again each minute, until somebody has acknowledged all of it', () => {
    raise(anAlarm('red'));
    minute();
    minute();
    expect(titles()).toEqual(['red', '1 standing', '1 standing']);
    expect(shown.map((s) => s.closed)).toEqual([false, true, false]);
    open = [acked(anAlarm('red'))];
    desk.hear([news(acked(anAlarm('red')), 'acknowledged')]);
    minute();
    expect(titles()).toHaveLength(3);
    expect(shown[0]?.closed).toBe(true);
  });

  it('of a flood is one, with its number', () => {
    raise(...Array.from({ length: 40 }, (_, i) => anAlarm(`a${i}`)));
    expect(titles()).toEqual(['40 standing']);
  });

  it('opens its alarm when it is pressed', () => {
    const gone: (string | null)[] = [];
    desk.goTo = (id) => void gone.push(id);
    raise(anAlarm('red'));
    minute();
    for (const s of shown) s.press();
    expect(gone).toEqual(['red', null]);
  });
});

describe('whether there are any', () => {
  it('is asked by a button, shown to work, and remembered at this workstation', async () => {
    kept.clear();
    permission = 'default';
    desk = made();
    desk.start();
    expect(desk.state.value).toBe('off');
    await desk.toggle();
    expect([desk.state.value, titles()]).toEqual(['on', ['on']]);
    const again = made();
    again.start();
    expect(again.state.value).toBe('on');
    await again.toggle();
    expect([again.state.value, made().state.value]).toEqual(['off', 'off']);
  });

  it('is no where the person or the browser says no', async () => {
    kept.clear();
    permission = 'default';
    answer = 'denied';
    desk = made();
    await desk.toggle();
    expect(desk.state.value).toBe('denied');
    raise(anAlarm('red'));
    const unable = made(false);
    await unable.toggle();
    expect([unable.state.value, shown]).toEqual(['unable', []]);
  });
});
