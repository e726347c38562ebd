import { z } from 'zod';
import { MAPPING_BYTES } from '../../mapping/read.ts';
import { PAYLOAD_BYTES } from '../../mqtt/telemetry-json.ts';
import { route } from '../route.ts';
import { codeIn, pageOf } from '../shapes.ts';
import {
  adoptBody,
  adoptedOut,
  mappingBody,
  mappingOut,
  ofMapping,
  strangerOut,
  takenOut,
  triedOut,
  tryBody,
} from './mappings.ts';

const json = <S extends z.ZodType>(schema: S) => ({ status: 200 as const, type: 'json' as const, schema });
/** Mappings, what comes by them, and who is not known. */
const here = { tag: 'doors' } as const;

/** Where other people's packets come in (docs/mappings.md). */
export const DOOR_ROUTES = {
  mappings: route({
    ...here,
    method: 'GET',
    path: '/api/v1/mappings',
    who: 'session',
    does: {
      zh: '设备接入映射：随软件提供的与本地的，是否生效，错在第几行',
      en: 'Mappings of other systems: those that shipped and our own, whether in force, and which line is wrong',
    },
    act: { zh: '查看接入映射', en: 'See mappings' },
    right: 'packets.see',
    audited: false,
    answer: json(pageOf(mappingOut)),
  }),
  putMapping: route({
    ...here,
    method: 'PUT',
    path: '/api/v1/mappings/{mapping}',
    who: 'session',
    does: {
      zh: '保存接入映射；立即生效，无需重启',
      en: 'Keep a mapping; in force at once, without a restart',
    },
    act: { zh: '保存接入映射', en: 'Keep a mapping' },
    right: 'mapping.keep',
    audited: true,
    params: ofMapping,
    body: { type: 'json-as-is', documented: mappingBody, atMost: 2 * MAPPING_BYTES },
    answer: json(mappingOut),
  }),
  tryMapping: route({
    ...here,
    method: 'POST',
    path: '/api/v1/mappings/{mapping}/try',
    who: 'session',
    does: {
      zh: '试一份报文：会得到哪些读数、哪些站点未登记、哪些被隔离；不写入',
      en: 'Try a packet: which readings it would give, which stations nobody knows, what would be set aside; nothing is written',
    },
    act: { zh: '试接入映射', en: 'Try a mapping' },
    right: 'packets.see',
    audited: false,
    params: ofMapping,
    body: { type: 'json', schema: tryBody, atMost: 3 * MAPPING_BYTES },
    answer: json(triedOut),
    problems: ['not-found'],
  }),
  strangers: route({
    ...here,
    method: 'GET',
    path: '/api/v1/strangers',
    who: 'session',
    does: {
      zh: '未登记的站点和设备：来自隔离报文，最近发言的在前',
      en: 'Stations and devices that speak and that nobody has registered, from quarantine; who spoke last first',
    },
    act: { zh: '查看未登记设备', en: 'See unknown devices' },
    right: 'packets.see',
    audited: false,
    answer: json(pageOf(strangerOut)),
  }),
  adoptStranger: route({
    ...here,
    method: 'POST',
    path: '/api/v1/strangers/{code}/register',
    who: 'session',
    does: {
      zh: '登记未登记的站点：设备与同编码监测点一并建立，标为待核实',
      en: 'Register a stranger: a device and a point of that code, marked as unverified; a station that its mapping has in no table is put there',
    },
    act: { zh: '登记未登记设备', en: 'Register an unknown device' },
    right: 'mapping.keep',
    audited: true,
    params: z.strictObject({ code: codeIn }),
    body: { type: 'json', schema: adoptBody, atMost: 4_096 },
    answer: json(adoptedOut),
    problems: ['not-found', 'code-taken', 'unknown-reference'],
  }),
  door: route({
    ...here,
    method: 'POST',
    path: '/api/v1/doors/{mapping}',
    who: 'anybody',
    right: 'anybody',
    does: {
      zh: '第三方平台推送；按该平台的签名方式验签；200 表示已落盘，503 请稍后重推',
      en: "A platform's push, signed as that platform signs; 200: it is on disk; 503: push it again",
    },
    act: { zh: '第三方平台推送', en: 'Push of a platform' },
    // What was taken is in the journal; what was refused leaves a trace.
    audited: false,
    params: ofMapping,
    query: z.looseObject({}),
    body: { type: 'bytes', documented: z.looseObject({}), atMost: PAYLOAD_BYTES },
    answer: json(takenOut),
    problems: ['not-found', 'no-session', 'door-signature', 'too-busy'],
  }),
  doorCheck: route({
    ...here,
    method: 'GET',
    path: '/api/v1/doors/{mapping}',
    who: 'anybody',
    right: 'anybody',
    does: {
      zh: '平台配置推送地址时的校验：验签后原样返回其字符串',
      en: 'What a platform asks when the address of its pushes is set: its own words, given back when its signature is right',
    },
    act: { zh: '第三方平台校验推送地址', en: 'A platform’s check of its address' },
    audited: false,
    params: ofMapping,
    query: z.looseObject({}),
    answer: { status: 200, type: 'text' },
    problems: ['not-found', 'no-session', 'door-signature'],
  }),
};
