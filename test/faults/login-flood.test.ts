import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD, ServiceProcess } from '../support/service-process.ts';

type Answer = { readonly status: number; readonly code: string | null; readonly took: number };

const STRANGERS = Array.from({ length: 50 }, (_, i) => `127.0.1.${i + 1}`);
/**
 * Strangers' passwords that are hashed while a person waits: the one in hand, one that is begun before the request is
 * read, and one whose answer is still on its way. On a machine that is not busy with anything else a hash takes a fifth
 * of a second, and the two seconds of promises F19 are ten.
 */
const HASHED_MEANWHILE = 3;

/** promises F19: a hundred wrong log-ins a second from fifty addresses, against the real process. */
describe('a hundred wrong log-ins a second', () => {
  const dir = mkdtempSync(join(tmpdir(), 'login-flood-'));
  const agents = new Map<string, Agent>();
  let service: ServiceProcess;
  /** Strangers' passwords that were hashed and found wrong. */
  let hashed = 0;
  let endFlood: () => Promise<readonly Answer[]> = async () => [];

  beforeAll(async () => {
    service = await ServiceProcess.start(dir, {});
  }, 120_000);
  afterEach(() => endFlood());
  afterAll(async () => {
    for (const agent of agents.values()) agent.destroy();
    await service.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  async function logIn(from: string, account: string, password: string): Promise<Answer> {
    const agent = agents.get(from) ?? new Agent({ keepAlive: true, localAddress: from, maxSockets: 20 });
    agents.set(from, agent);
    const since = performance.now();
    const asked = request(`${service.url}/api/v1/session`, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json' },
    });
    asked.end(JSON.stringify({ account, password }));
    const [answer] = await once(asked, 'response');
    let text = '';
    for await (const piece of answer) text += piece;
    const { code = null } = JSON.parse(text);
    return { status: answer.statusCode, code, took: performance.now() - since };
  }

  /** @returns once each of the strangers has been answered */
  async function flood(account: (i: number) => string): Promise<void> {
    const sent: Promise<Answer>[] = [];
    const answered = new Set<string>();
    let everybody: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      everybody = resolve;
    });
    const send = () => {
      const from = STRANGERS[sent.length % STRANGERS.length] as string;
      const answer = logIn(from, account(sent.length), 'Falsch-1234');
      sent.push(answer);
      void answer.then(({ code }) => {
        if (code === 'wrong-credentials') hashed++;
        if (answered.add(from).size === STRANGERS.length) everybody();
      });
    };
    const sending = setInterval(send, 10);
    endFlood = async () => {
      clearInterval(sending);
      endFlood = async () => [];
      return Promise.all(sent);
    };
    await begun;
  }

  const rssMiB = () =>
    (Number(readFileSync(`/proc/${service.child.pid}/statm`, 'utf8').split(' ')[1]) * 4_096) / 2 ** 20;

  /** A right log-in, and how many strangers' passwords were hashed meanwhile. */
  async function comeIn(from: string): Promise<{ took: number; meanwhile: number }> {
    const before = hashed;
    const answer = await logIn(from, 'admin', PASSWORD);
    expect(answer).toMatchObject({ status: 200 });
    return { took: answer.took, meanwhile: hashed - before };
  }

  test.each([
    ['on one account', () => 'admin'],
    ['on as many accounts as there are guesses', (i: number) => `name-${i}`],
  ])(
    '%s: the right one comes in next, where they sat before and anew',
    async (what, account) => {
      const alone = await comeIn('127.0.0.1');
      const before = rssMiB();
      await flood(account);
      const known: Awaited<ReturnType<typeof comeIn>>[] = [];
      for (let i = 0; i < 5; i++) known.push(await comeIn('127.0.0.1'));
      // Nobody has ever logged in from there.
      const anew = await comeIn(`127.0.2.${account(0).length}`);
      const after = rssMiB();
      const answers = await endFlood();
      const told = Object.groupBy(answers, (a) => a.code ?? 'in');
      const counts = Object.entries(told).map(([code, a]) => `${code} ${a?.length}`);
      const longest = Math.max(...known.map((k) => k.took));
      process.stdout.write(
        `${what}: ${answers.length} wrong (${counts}); right: alone ${alone.took.toFixed(0)} ms, ` +
          `known desk at most ${longest.toFixed(0)} ms, anew ${anew.took.toFixed(0)} ms; ` +
          `resident ${before.toFixed(0)} → ${after.toFixed(0)} MiB\n`,
      );
      for (const { meanwhile } of [...known, anew]) expect(meanwhile).toBeLessThanOrEqual(HASHED_MEANWHILE);
      expect(answers.some((a) => a.status === 200)).toBe(false);
      // How soon a guesser is locked hangs on how many were hashed; that they are, accounts.contract.ts shows by a clock of its own.
      const turnedAway = (told['too-many-attempts']?.length ?? 0) + (told['too-busy']?.length ?? 0);
      expect(turnedAway).toBeGreaterThan(0);
      // Hashing itself takes 32 MiB at a time.
      expect(after - before).toBeLessThan(100);
    },
    120_000,
  );
});
