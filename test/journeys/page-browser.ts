import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

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
