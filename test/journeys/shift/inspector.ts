import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { AlarmJson } from '../../../src/wire/alarm.ts';
import type { ApiClient } from '../../support/service-process.ts';
import { clipped, untranslated } from './page-looks.ts';

/** What was not right, after which act, and where it can be seen. */
export type Found = { readonly what: string; readonly after: string; readonly picture: string | null };

/** Counters of the strip by level, as they are read: unacknowledged of all. */
const counters = (page: Page): Promise<string> =>
  page
    .locator('.counters li')
    .evaluateAll((all) => all.map((e) => e.textContent?.match(/\d+\/\d+/)?.[0] ?? '?').join(' '));

function countersOf(alarms: readonly AlarmJson[]): string {
  const shown = alarms.filter((a) => a.overlay === 'none' && a.drill === undefined);
  return [1, 2, 3, 4]
    .map((level) => {
      const of = shown.filter((a) => a.level === level);
      return `${of.filter((a) => a.phase.endsWith('-unacked')).length}/${of.length}`;
    })
    .join(' ');
}

/** Looks at a page of an officer as somebody who stands behind them, after each act. */
export class Inspector {
  readonly found: Found[] = [];
  checks = 0;
  /** How long the page took to say what the service says, in ms. */
  readonly behind: number[] = [];
  readonly #page: Page;
  readonly #api: ApiClient;
  readonly #out: string | null;
  /** The page may be behind the service by this while the link is live, in ms. */
  readonly patience: number;
  readonly #names: ReadonlySet<string>;
  readonly #known = new Set<string>();

  /** @param o `out`: where pictures of what was found go, `null` if none are taken; `names`: of places, as data has them */
  constructor(o: {
    page: Page;
    api: ApiClient;
    out: string | null;
    names: ReadonlySet<string>;
    patience: number;
  }) {
    this.#page = o.page;
    this.#api = o.api;
    this.#out = o.out;
    this.#names = o.names;
    this.patience = o.patience;
  }

  /** Names of the city's own stand in any language. */
  #isName(text: string): boolean {
    return [...this.#names].some((name) => text.includes(name.slice(0, 6)));
  }

  /** The same of the same kind is said once. */
  async say(what: string, after: string): Promise<void> {
    if (this.#known.has(what)) return;
    this.#known.add(what);
    const name = `found-${this.found.length + 1}.png`;
    const picture = this.#out === null ? null : join(this.#out, name);
    if (picture !== null) await this.#page.screenshot({ path: picture });
    this.found.push({ what, after, picture });
  }

  async look(after: string, isLive: boolean): Promise<void> {
    this.checks++;
    const at = new URL(this.#page.url()).pathname.replace(/\/[0-9A-Z]{20,}/, '/…');
    for (const it of await clipped(this.#page)) await this.say(`clipped on ${at}: ${it}`, after);
    const language = (await this.#page.getAttribute('html', 'lang')) ?? '';
    for (const it of await untranslated(this.#page, language))
      if (!this.#isName(it)) await this.say(`words on ${at}: ${it}`, after);
    const empty = await this.#page.evaluate(
      () =>
        /\b(undefined|NaN|Invalid Date|\[object Object\])\b/.exec(String(document.body.textContent))?.[0] ??
        null,
    );
    if (empty !== null) await this.say(`${empty} is shown on ${at}`, after);
    if (isLive) await this.#countsAgree(after);
    else if ((await this.#page.locator('[data-link=live]').count()) > 0)
      await this.say('it says live, and the link is gone', after);
  }

  /** What the strip counts is what the service has open. */
  async #countsAgree(after: string): Promise<void> {
    if ((await this.#page.locator('.counters').count()) === 0) return;
    const begun = performance.now();
    for (;;) {
      const before = countersOf(await this.#api.all<AlarmJson>('/alarms?state=open'));
      const seen = await counters(this.#page);
      const since = countersOf(await this.#api.all<AlarmJson>('/alarms?state=open'));
      const took = performance.now() - begun;
      // While the city changes between two looks of ours nothing can be said.
      if (seen === since || seen === before) {
        this.behind.push(took);
        return;
      }
      if (took > this.patience && before === since) {
        await this.say(`the strip says ${seen}, the service ${since}`, after);
        return;
      }
      if (took > 10 * this.patience) {
        await this.say('the strip never agrees with the service', after);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
