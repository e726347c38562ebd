import type { ChannelKind, ChannelSecrets } from '../../domain/notice/channel.ts';
import { unreachable } from '../../domain/result.ts';
import type { NoticeChannel, OpenNoticeChannel } from '../../flow/ports/notice-channel.ts';
import type { OutDoor } from '../shared/out-door.ts';
import { alertmanager } from './alertmanager.ts';
import type { HttpKind, SettingsOf } from './http-kind.ts';
import { httpTemplate } from './http-template.ts';
import { byError, byStatus, type ChannelTools, refused, withoutSecrets } from './outcome.ts';
import { dingtalk, feishu, wecom } from './robots.ts';
import { smsAliyun } from './sms-aliyun.ts';
import { smsTencent } from './sms-tencent.ts';
import { SmtpChannel } from './smtp.ts';
import { webhook } from './webhook.ts';

/** Opens channels of every kind, all of which leave through one door. Nothing is connected before something is sent. */
export function channelsThrough(door: OutDoor, tools: ChannelTools): OpenNoticeChannel {
  return (settings, secrets) => {
    const made = channelOf();
    // Whatever the kind: a secret is in no answer, and nothing thrown gets out.
    return {
      send: async (message, signal) => {
        const outcome = await made.send(message, signal).catch(byError);
        return withoutSecrets(outcome, secrets);
      },
    };

    function channelOf(): NoticeChannel {
      switch (settings.kind) {
        case 'webhook':
          return over(webhook, { settings, secrets, door, tools });
        case 'alertmanager':
          return over(alertmanager, { settings, secrets, door, tools });
        case 'dingtalk':
        case 'wecom':
        case 'feishu':
          return robotOf(settings);
        case 'sms-aliyun':
          return over(smsAliyun, { settings, secrets, door, tools });
        case 'sms-tencent':
          return over(smsTencent, { settings, secrets, door, tools });
        case 'http':
          return over(httpTemplate, { settings, secrets, door, tools });
        case 'smtp':
          return new SmtpChannel(settings, secrets, door);
        default:
          return unreachable(settings);
      }
    }

    function robotOf(robot: SettingsOf<'dingtalk'> | SettingsOf<'wecom'> | SettingsOf<'feishu'>) {
      const { url, kind } = robot;
      if (kind === 'dingtalk') return over(dingtalk, { settings: { kind, url }, secrets, door, tools });
      if (kind === 'wecom') return over(wecom, { settings: { kind, url }, secrets, door, tools });
      return over(feishu, { settings: { kind: 'feishu', url }, secrets, door, tools });
    }
  };
}

function over<K extends ChannelKind>(
  kind: HttpKind<K>,
  given: { settings: SettingsOf<K>; secrets: ChannelSecrets; door: OutDoor; tools: ChannelTools },
): NoticeChannel {
  const { settings, secrets, door, tools } = given;
  const { ask, read } = kind(settings, secrets, tools);
  return {
    send: async (message, signal) => {
      const asked = ask(message);
      if (typeof asked === 'string') return refused(asked);
      const answer = await door.request({ ...asked, signal });
      return byStatus(answer, tools.clock.now()) ?? read(answer);
    },
  };
}
