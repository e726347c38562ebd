import { z } from 'zod';
import { route } from '../route.ts';
import { codeIn } from '../shapes.ts';

/** 128 bits, base64url. */
const ofToken = z.strictObject({ token: codeIn.length(22) });

const byLink = {
  path: '/go/{token}',
  who: 'anybody',
  tag: 'notices',
  right: 'anybody',
  audited: true,
  params: ofToken,
  answer: { status: 200, type: 'page' },
  orStatus: 404,
  problems: ['too-many-requests'],
} as const;

/** Links in notices: for one addressee, to one case, for one act, until an end; without a log-in. */
export const LINK_ROUTES = {
  followLink: route({
    ...byLink,
    method: 'GET',
    does: {
      zh: '通知中的链接：查看该报警，无需登录（LIFELINE_NOTICE_LINKS）；404：无效、已过期或已停用',
      en: 'A link in a notice: the case, without a log-in (LIFELINE_NOTICE_LINKS); 404: unknown, over, or turned off',
    },
    act: { zh: '经通知链接查看', en: 'See a case by a link in a notice' },
  }),
  actByLink: route({
    ...byLink,
    method: 'POST',
    does: {
      zh: '经通知链接确认该报警，一次有效',
      en: 'Acknowledge the case by a link in a notice, once',
    },
    act: { zh: '经通知链接确认', en: 'Acknowledge by a link in a notice' },
    body: {
      type: 'form',
      schema: z.strictObject({ revision: z.coerce.number().int().min(1) }),
      atMost: 1_024,
    },
  }),
};
