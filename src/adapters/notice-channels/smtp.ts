import { type ChannelSecrets, TRAITS } from '../../domain/notice/channel.ts';
import { fitted, markedTitle } from '../../domain/notice/text.ts';
import { seconds } from '../../domain/time.ts';
import type { NoticeChannel } from '../../flow/ports/notice-channel.ts';
import type { OutDoor } from '../shared/out-door.ts';
import type { SettingsOf } from './http-kind.ts';
import { accepted, byError, failed, refused } from './outcome.ts';

/** Mail. A 4xx may do next time, a 5xx never (docs/plan/response.md G.2). */
export class SmtpChannel implements NoticeChannel {
  readonly #settings: SettingsOf<'smtp'>;
  readonly #secrets: ChannelSecrets;
  readonly #door: OutDoor;

  constructor(settings: SettingsOf<'smtp'>, secrets: ChannelSecrets, door: OutDoor) {
    this.#settings = settings;
    this.#secrets = secrets;
    this.#door = door;
  }

  async send(...[message, signal]: Parameters<NoticeChannel['send']>): ReturnType<NoticeChannel['send']> {
    const { host, port, tls, from, user } = this.#settings;
    const to = message.to?.email;
    if (to == null) return refused('nobody to write to');
    try {
      const [address = host] = await this.#door.addressesOf(host, port);
      const { ca } = this.#door;
      // Who sends no mail need not hold it.
      const { createTransport } = await import('nodemailer');
      const transport = createTransport({
        // The address that was looked at; the name is what its certificate must say.
        host: address,
        port,
        secure: tls === 'implicit',
        requireTLS: tls === 'starttls',
        ignoreTLS: tls === 'plain',
        tls: { servername: host, ...(ca === undefined ? {} : { ca }) },
        ...(user === null ? {} : { auth: { user, pass: this.#secrets.secret ?? '' } }),
        connectionTimeout: seconds(5),
        greetingTimeout: seconds(5),
        socketTimeout: seconds(5),
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      const stop = () => transport.close();
      signal.addEventListener('abort', stop, { once: true });
      try {
        const sent = await transport.sendMail({
          from,
          to: { name: message.to?.name ?? '', address: to },
          subject: markedTitle(message.text),
          text: fitted(message.text, TRAITS.smtp.bytes),
          // Of every try the same, so that what arrives twice is shown once.
          messageId: `<${message.id}@${from.split('@').at(-1) ?? host}>`,
          headers: {
            // RFC 3834: nobody's absence note answers it.
            'Auto-Submitted': 'auto-generated',
            'X-Auto-Response-Suppress': 'All',
          },
        });
        return accepted(sent.response);
      } finally {
        signal.removeEventListener('abort', stop);
        transport.close();
      }
    } catch (error) {
      const { responseCode, response } = error as { responseCode?: number; response?: string };
      if (responseCode === undefined) return byError(error);
      const said = response ?? String(responseCode);
      return responseCode >= 500 ? refused(said) : failed(said);
    }
  }
}
