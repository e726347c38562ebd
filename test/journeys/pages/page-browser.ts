import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as passing } from 'node:timers/promises';
import { type Browser, type BrowserContextOptions, chromium, type Page, type Request } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser of this machine; `null` where there is none: nothing is ever downloaded. */
export function findChromium(): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter))
    for (const name of NAMES) if (existsSync(join(folder, name))) return join(folder, name);
  return null;
}

export const launch = (executablePath: string): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Nothing but this machine can be reached, whatever the page asks for (A16).
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });

/** What each page asks for: what is on its way, and when that changed last. */
const asking = new WeakMap<Page, { readonly onTheirWay: Set<Request>; changedAt: number }>();

function watchRequests(page: Page): void {
  const asked = { onTheirWay: new Set<Request>(), changedAt: performance.now() };
  asking.set(page, asked);
  page.on('request', (r) => {
    asked.onTheirWay.add(r);
    asked.changedAt = performance.now();
  });
  const ended = (r: Request) => {
    asked.onTheirWay.delete(r);
    asked.changedAt = performance.now();
  };
  page.on('requestfinished', ended);
  page.on('requestfailed', ended);
}

/** Nothing is asked for between an answer and what it leads to for longer than this. */
const QUIET_FOR = 100;

/**
 * Everything the page asked for has come, and it has been drawn. Playwright's `networkidle` waits for half a second
 * at each load, and not at all after a click.
 */
export async function settled(page: Page): Promise<void> {
  const asked = asking.get(page);
  if (asked === undefined) throw new Error('only a page of visit() is watched');
  const left = () => asked.changedAt + QUIET_FOR - performance.now();
  do {
    await passing(asked.onTheirWay.size > 0 ? 10 : Math.max(0, left()));
    await drawn(page);
  } while (asked.onTheirWay.size > 0 || left() > 0);
}

/** Two frames later everything that was told has been drawn. */
export const drawn = (page: Page): Promise<unknown> =>
  page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))',
  );

/** A page in a browser of its own session, with everything that should not have happened in it. */
export type Visit = { readonly page: Page; readonly faults: string[] };

/**
 * Opens the console as an operator would. Faults: scripts that threw, requests to another host, and what the
 * content security policy refused; that a connection failed is no fault, the journeys break it on purpose.
 */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, ...options });
  const page = await context.newPage();
  watchRequests(page);
  const faults: string[] = [];
  const host = new URL(url).host;
  page.on('pageerror', (e) => faults.push(`threw: ${e.message}`));
  page.on('console', (m) => {
    if (/Content Security Policy|\[Vue warn\]/.test(m.text())) faults.push(m.text());
  });
  page.on('request', (r) => {
    if (new URL(r.url()).host !== host) faults.push(`went to ${r.url()}`);
  });
  page.on('websocket', (s) => {
    if (new URL(s.url()).host !== host) faults.push(`went to ${s.url()}`);
  });
  await page.goto(url);
  return { page, faults };
}

export async function logIn(page: Page, account: string, password: string): Promise<void> {
  await page.fill('input[name=account]', account);
  await page.fill('input[name=password]', password);
  await page.keyboard.press('Enter');
}
