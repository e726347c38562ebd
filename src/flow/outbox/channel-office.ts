import type { ChannelSetup } from '../../domain/notice/channel.ts';
import { no, ok } from '../../domain/result.ts';
import { seconds } from '../../domain/time.ts';
import type { NoticeBook } from '../notices/notice-book.ts';
import type { Clock } from '../ports/clock.ts';
import type { OpenNoticeChannel } from '../ports/notice-channel.ts';
import type { Channels } from '../ports/notices.ts';
import { decidedInTurn, type OfficeParts, refuse } from './in-turn.ts';

const TEST_WITHIN = seconds(12);

/** Keeps channels and their secrets, and tries them. */
export class ChannelOffice implements Channels {
  readonly #parts: OfficeParts;
  readonly #book: NoticeBook;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #open: OpenNoticeChannel;

  constructor(given: OfficeParts & { clock: Pick<Clock, 'now'>; open: OpenNoticeChannel }) {
    this.#parts = given;
    this.#book = given.core.notices.book;
    this.#clock = given.clock;
    this.#open = given.open;
  }

  keepChannel: Channels['keepChannel'] = (setup, secrets, how) => {
    const { id } = setup;
    const there = () => this.#book.channel(id);
    return decidedInTurn(this.#parts, { how, there, after: setup }, () => {
      const before = there();
      // Another receiver is another secret: the old one would be told to somebody whom it is none of.
      const same = before !== undefined && receiverOf(before) === receiverOf(setup);
      const kept = same ? this.#book.secretsOf(id) : {};
      return [
        { is: 'secrets', id, secrets: { ...kept, ...secrets } },
        { is: 'channel', id, setup },
      ];
    });
  };

  dropChannel: Channels['dropChannel'] = (id) => {
    const there = () => this.#book.channel(id);
    return decidedInTurn(this.#parts, { how: 'change', there, after: there() as ChannelSetup }, (draft) => {
      const why = 'its channel was taken away';
      for (const n of this.#book.pending())
        if (n.channel === id) this.#parts.core.notices.command(n.id, { do: 'supersede', why }, draft);
      return [
        { is: 'secrets', id, secrets: {} },
        { is: 'channel', id, setup: null },
      ];
    });
  };

  test: Channels['test'] = async (id, to) => {
    const channel = this.#book.channel(id);
    if (channel === undefined) return no({ code: 'not-found', detail: null });
    const contact = to === null ? null : this.#book.contact(to);
    if (contact === undefined)
      return no(refuse('unknown-reference', { zh: `没有联系人 ${to}`, en: `There is no contact ${to}.` }));
    const text = {
      marks: ['test'] as const,
      title: '城市生命线监测平台测试消息',
      lines: [`渠道 ${channel.name}：收到即配置正确，无需处置`],
      link: null,
    };
    const message = {
      id: `test-${id}-${this.#clock.now()}`,
      about: 'test',
      text,
      facts: [],
      to: contact,
    } as const;
    const sending = this.#open(channel.settings, this.#book.secretsOf(id));
    return ok(await sending.send(message, AbortSignal.timeout(TEST_WITHIN)));
  };
}

/** Whom a secret is told to. */
function receiverOf({ settings }: ChannelSetup): string {
  const where = settings.kind === 'smtp' ? `${settings.host}:${settings.port}` : settings.url.split('/')[2];
  return `${settings.kind} ${where}`;
}
