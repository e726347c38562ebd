import type { Page } from 'playwright-core';
import { type Chance, chance } from '../../../simulators/random.ts';
import type { AlarmJson } from '../../../src/wire/alarm.ts';
import type { ApiClient } from '../../support/service-process.ts';
import type { Cable } from '../pages/browser-harness.ts';
import type { Inspector } from './inspector.ts';

const SIZES = [
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
  { width: 3840, height: 2160 },
  { width: 390, height: 844 },
  // 1366 × 768 at 200 %.
  { width: 683, height: 384 },
] as const;

/** Their account. */
export const OFFICER = 'wang';

/** Where an officer looks besides the desk. */
const PLACES = [
  '/alarms',
  '/map',
  '/wall',
  '/trend',
  '/dispatch',
  '/warnings',
  '/incidents',
  '/handover',
  '/reports',
  '/register',
  '/quarantine',
  '/notices',
  '/citizens',
  '/risks',
  '/drills',
] as const;

type Act = { readonly name: string; readonly weight: number; does(): Promise<void> };

/** Somebody at the desk who does what officers do, in an order that chance gives, with the keys they use. */
export class Officer {
  readonly done = new Map<string, number>();
  readonly #page: Page;
  readonly #api: ApiClient;
  readonly #cable: Cable;
  readonly #inspector: Inspector;
  readonly #chance: Chance;
  readonly #url: string;
  readonly #acts: readonly Act[];
  #isLive = true;
  #n = 0;

  constructor(o: { page: Page; api: ApiClient; cable: Cable; inspector: Inspector; seed: number }) {
    this.#page = o.page;
    this.#api = o.api;
    this.#cable = o.cable;
    this.#inspector = o.inspector;
    this.#chance = chance(o.seed, 'officer');
    this.#url = o.cable.url;
    this.#acts = [
      { name: 'acknowledge', weight: 10, does: () => this.#acknowledge() },
      { name: 'acknowledge what a search does not show', weight: 3, does: () => this.#searchForNothing() },
      { name: 'note', weight: 5, does: () => this.#note() },
      { name: 'up or down', weight: 6, does: () => this.#key(this.#chance.pick(['ArrowDown', 'ArrowUp'])) },
      { name: 'file', weight: 6, does: () => this.#file() },
      { name: 'another screen', weight: 10, does: () => this.#elsewhere() },
      { name: 'size', weight: 5, does: () => this.#size() },
      { name: 'language or theme', weight: 3, does: () => this.#look() },
      { name: 'F5', weight: 3, does: () => this.#reload() },
      { name: 'mute', weight: 2, does: () => this.#key('m') },
      { name: 'swallowed network', weight: 2, does: () => this.#swallowed() },
      { name: 'cut cable', weight: 2, does: () => this.#cut() },
      { name: 'a colleague acknowledges', weight: 4, does: () => this.#colleague() },
    ];
  }

  /** One act, and a look at what has come of it. */
  async act(): Promise<string> {
    const all = this.#acts.reduce((sum, a) => sum + a.weight, 0);
    let at = this.#chance.between(0, all);
    const act = this.#acts.find((a) => {
      at -= a.weight;
      return at < 0;
    }) as Act;
    await act.does();
    this.done.set(act.name, (this.done.get(act.name) ?? 0) + 1);
    await this.#inspector.look(act.name, this.#isLive);
    return act.name;
  }

  async #desk(): Promise<void> {
    if (new URL(this.#page.url()).pathname !== '/') await this.#page.goto(this.#url);
    await this.#page.keyboard.press('Escape');
    await this.#page.locator('[data-link=live]').waitFor();
    await this.#page.locator('.list .place, [data-part=calm]').first().waitFor();
  }

  async #key(key: string): Promise<void> {
    await this.#desk();
    await this.#page.locator('.list .scroller').focus();
    await this.#page.keyboard.press(key);
  }

  readonly #chosen = async (): Promise<string | null> =>
    (await this.#page.locator('.list .place.chosen').count()) === 0
      ? null
      : ((await this.#page.locator('.list .place.chosen').first().getAttribute('id'))?.slice(
          'alarm-'.length,
        ) ?? null);

  /** Acknowledged by us and by nobody else: what a key has done. */
  async #acked(): Promise<Set<string>> {
    const open = await this.#api.all<AlarmJson>('/alarms?state=open');
    const closed = await this.#api.get<{ items: AlarmJson[] }>('/alarms?state=closed&limit=500');
    return new Set([...open, ...closed.items].filter((a) => a.ack?.by === OFFICER).map((a) => a.id));
  }

  async #acknowledge(): Promise<void> {
    await this.#key('ArrowDown');
    const chosen = await this.#chosen();
    const before = await this.#acked();
    await this.#page.keyboard.press('a');
    if (chosen === null) return;
    await this.#page
      .locator('.toast, dialog[open]')
      .first()
      .waitFor({ timeout: 1_500 })
      .catch(() => undefined);
    const by = [...(await this.#acked())].filter((id) => !before.has(id));
    if (by.length > 1 || (by[0] !== undefined && by[0] !== chosen))
      await this.#inspector.say(`A on ${chosen} acknowledged ${by.join(' and ')}`, 'acknowledge');
  }

  /** The critical defect: nothing is marked, and `A` must do nothing. */
  async #searchForNothing(): Promise<void> {
    await this.#key('/');
    await this.#page.keyboard.type('没有这个地方');
    await this.#page.keyboard.press('Tab');
    const before = await this.#acked();
    await this.#page.keyboard.press('a');
    const by = [...(await this.#acked())].filter((id) => !before.has(id));
    if (by.length > 0)
      await this.#inspector.say(`A with no row in sight acknowledged ${by.join(' and ')}`, 'search');
    await this.#page.goto(this.#url);
  }

  async #note(): Promise<void> {
    await this.#key('ArrowDown');
    if ((await this.#chosen()) === null) return;
    await this.#page.keyboard.press('n');
    const text = this.#page.locator('dialog[open] textarea');
    if ((await text.count()) === 0) return;
    await text.fill(`巡视 ${++this.#n}：已电话核实，现场无人员受困。`);
    await this.#page.locator('dialog[open] [type=submit]').click();
    await this.#page.locator('dialog[open]').waitFor({ state: 'detached' });
  }

  async #file(): Promise<void> {
    await this.#desk();
    const { items } = await this.#api.get<{ items: AlarmJson[] }>('/alarms?limit=50');
    if (items.length === 0) return;
    await this.#page.goto(`${this.#url}/alarms/${this.#chance.pick(items).id}`);
    await this.#page.locator('[data-part=alarm-file] .detail').first().waitFor();
  }

  async #elsewhere(): Promise<void> {
    await this.#page.goto(`${this.#url}${this.#chance.pick(PLACES)}`);
    await this.#page.locator('[data-link=live], [data-part=wall]').first().waitFor();
    await this.#page.waitForLoadState('networkidle');
  }

  async #size(): Promise<void> {
    await this.#page.setViewportSize(this.#chance.pick(SIZES));
    await this.#desk();
  }

  async #look(): Promise<void> {
    const { theme, language } = {
      theme: this.#chance.pick(['dark', 'light']),
      language: this.#chance.pick(['zh-CN', 'en']),
    };
    await this.#page.evaluate(
      (is) => {
        localStorage.setItem('lifeline.theme', is.theme);
        localStorage.setItem('lifeline.language', is.language);
      },
      { theme, language },
    );
    await this.#reload();
  }

  async #reload(): Promise<void> {
    await this.#page.reload();
    await this.#page.locator('[data-link=live], [data-part=wall]').first().waitFor();
  }

  async #swallowed(): Promise<void> {
    await this.#desk();
    this.#isLive = false;
    this.#cable.swallow();
    const begun = performance.now();
    await this.#page.locator('[data-link=delayed], [data-link=down]').first().waitFor();
    await this.#page.locator('[data-link=down]').waitFor();
    const took = performance.now() - begun;
    // 3 s is the promise; the rest is for a busy machine.
    if (took > 2 * this.#inspector.patience)
      await this.#inspector.say(`swallowed for ${Math.round(took)} ms before it said so`, 'swallow');
    await this.#inspector.look('swallowed network', false);
    await this.#mend();
  }

  async #cut(): Promise<void> {
    await this.#desk();
    this.#isLive = false;
    this.#cable.cut();
    await this.#page.locator('[data-link=down]').waitFor();
    const rows = await this.#page.locator('.list .place').count();
    if (rows === 0 && (await this.#api.all('/alarms?state=open')).length > 0)
      await this.#inspector.say('the list is empty while the link is gone', 'cut');
    await this.#mend();
  }

  async #mend(): Promise<void> {
    this.#cable.mend();
    await this.#page.locator('[data-link=live]').waitFor();
    this.#isLive = true;
  }

  async #colleague(): Promise<void> {
    const open = await this.#api.all<AlarmJson>('/alarms?state=open');
    const one = open.find((a) => a.phase.endsWith('-unacked'));
    if (one === undefined) return;
    await this.#api.post(`/alarms/${one.id}/acknowledge`, {
      commandId: crypto.randomUUID(),
      seenRevision: one.revision,
    });
  }
}
