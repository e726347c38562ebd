import { as } from '../../src/domain/ids.ts';
import type { ChannelSetup } from '../../src/domain/notice/channel.ts';
import type { NoticeEntry } from '../../src/domain/notice/entry.ts';
import type { Notice, SendOutcome } from '../../src/domain/notice/notice.ts';
import type { NoticePolicy } from '../../src/domain/notice/policy.ts';
import { Outbox } from '../../src/flow/outbox/outbox.ts';
import type { OutgoingMessage } from '../../src/flow/ports/notice-channel.ts';
import { aChannel, aContact, aPolicy, aRung, aUnit } from '../domain/notice/a-city.ts';
import { FlowHarness } from './flow-harness.ts';

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
export type Sent = { readonly channel: string; readonly at: number; readonly message: OutgoingMessage };
export const accepted: SendOutcome = { is: 'accepted', said: 'ok' };

/** A flow with a way out: what is sent lands in `sent`, and answers as the test says. */
export class Told {
  readonly sent: Sent[] = [];
  answer: (s: Sent) => SendOutcome | Promise<SendOutcome> = () => accepted;
  outbox: Outbox;
  flow: FlowHarness;

  private constructor(flow: FlowHarness) {
    this.flow = flow;
    this.outbox = this.#outbox();
  }

  static async begin(
    entries: readonly NoticeEntry[] = CITY,
    given: Parameters<typeof FlowHarness.begin>[0] = {},
  ): Promise<Told> {
    const made = new Told(await FlowHarness.begin(given));
    await made.flow.turn.tell((draft) => {
      for (const e of entries) made.flow.core.notices.keep(e, draft);
    });
    await made.outbox.start();
    return made;
  }

  #outbox(): Outbox {
    const { core, turn, journal, clock, meters } = this.flow;
    return new Outbox({
      core,
      turn,
      journal,
      clock,
      meters,
      log: SILENT,
      open: (settings) => ({
        send: async (message) => {
          const sent = { channel: settings.kind, at: this.flow.clock.now(), message };
          this.sent.push(sent);
          return this.answer(sent);
        },
      }),
    });
  }

  /** Kill -9, and another life on the same disk. @param clockSet our clock is set by so much in between */
  async kill(clockSet = 0): Promise<void> {
    this.outbox.stop();
    this.flow.clock.off(clockSet);
    this.flow = await this.flow.restart(clockSet);
    this.outbox = this.#outbox();
    await this.outbox.start();
    await this.quiet();
  }

  gas = async (value: number, device = 'G-1') => {
    this.flow.clock.forward(1_000);
    await this.flow.value('gas', device, 'ch4', value);
    this.outbox.kick();
    await this.quiet();
  };

  /** Second by second, as the service ticks. */
  async pass(seconds: number): Promise<void> {
    for (let s = 0; s < seconds; s++) {
      await this.flow.pass(1_000);
      this.outbox.kick();
      await this.quiet();
    }
  }

  /** The gas is gone, for as long as it takes until that is believed. */
  async clear(): Promise<void> {
    for (let n = 0; n < 20 && !this.flow.kinds().includes('returned'); n++) {
      this.flow.clock.forward(29_000);
      await this.gas(1);
    }
  }

  /** Until nothing is on its way. */
  async quiet(): Promise<void> {
    for (let n = 0; n < 8; n++) {
      await this.flow.turn.settle();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** `wang webhook raised`, in order. */
  get story(): string[] {
    return this.sent.map((s) => `${s.message.to?.name ?? '-'} ${s.channel} ${s.message.about}`);
  }

  get open() {
    return this.flow.open()[0] as NonNullable<ReturnType<FlowHarness['open']>[0]>;
  }

  notices = (): readonly Notice[] =>
    [
      ...new Map(
        this.flow.records
          .flatMap((r) => r.told ?? [])
          .flatMap((e) => (e.is === 'notice' ? [[e.notice.id, e.notice]] : [])),
      ).values(),
    ] as Notice[];
}

export const channel = (setup: ChannelSetup): NoticeEntry => ({ is: 'channel', id: setup.id, setup });
export const policy = (p: NoticePolicy): NoticeEntry => ({ is: 'policy', policy: p });
export const hook = aChannel('hook', 'webhook');
export const duty = { unit: { code: as.unit('gas-co') }, post: 'duty' } as const;
export const leader = { unit: { code: as.unit('gas-co') }, post: 'leader' } as const;
export const LADDER = aPolicy('gas', {
  match: { subjects: ['alarm'], levels: [], lifelines: [as.lifeline('gas')], areas: [] },
  rungs: [aRung(0, { to: [duty] }), aRung(60, { to: [leader] }), aRung(120, { to: [leader, duty] })],
});
export const ONCE = { ...LADDER, rungs: [aRung(0, { to: [duty] })] };
export const PEOPLE: readonly NoticeEntry[] = [
  { is: 'unit', unit: aUnit('gas-co', 'owner') },
  { is: 'contact', contact: aContact('wang', 'gas-co', 'duty', { account: 'wang' }) },
  { is: 'contact', contact: aContact('zhao', 'gas-co', 'leader', { account: 'li' }) },
];
export const CITY: readonly NoticeEntry[] = [...PEOPLE, channel(hook), policy(LADDER)];
