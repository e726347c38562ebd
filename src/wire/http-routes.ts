import { z } from 'zod';
import { alarmJson } from './alarm.ts';
import {
  acknowledgeBody,
  alarmEventOut,
  alarmsQuery,
  assessBody,
  noteBody,
  resetBody,
  shelveBody,
  unshelveBody,
} from './http-alarms.ts';
import { liveOut, readyOut } from './http-health.ts';
import { lifelineOut, ruleOut, rulesQuery } from './http-lifelines.ts';
import { quarantinedOut, quarantineQuery } from './http-quarantine.ts';
import { csvQuery, latestItem, latestQuery, readingsOut, readingsQuery } from './http-readings.ts';
import {
  areaOut,
  areasQuery,
  assetCreate,
  assetOut,
  assetPatch,
  assetsQuery,
  deviceCreate,
  deviceOut,
  devicePatch,
  devicesQuery,
  exportQuery,
  importOut,
  importQuery,
  pointCreate,
  pointOut,
  pointPatch,
  pointsQuery,
} from './http-register.ts';
import { type RouteSpec, route } from './http-route.ts';
import { loggedInOut, loginBody, meOut, passwordBody } from './http-session.ts';
import { codeIn, pageOf } from './http-shapes.ts';
import { telemetryBody, telemetryOut } from './http-telemetry.ts';

const KIB = 1_024;
const MIB = 1_024 * KIB;

const ofCode = z.strictObject({ code: codeIn });
const ofAlarm = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/) });

const json = <S extends z.ZodType>(schema: S) => ({ status: 200 as const, type: 'json' as const, schema });
const created = <S extends z.ZodType>(schema: S) => ({ status: 201 as const, type: 'json' as const, schema });
const bodyOf = <S extends z.ZodType>(schema: S) => ({ type: 'json' as const, schema, atMost: 64 * KIB });
const nothing = { status: 204, type: 'nothing' } as const;

/** The alarm's actions are one shape: `POST /alarms/{id}/<verb>`, answered with the alarm as it then is. */
const act = {
  method: 'POST',
  who: 'session',
  tag: 'alarms',
  params: ofAlarm,
  answer: json(alarmJson),
} as const;

/**
 * Every route that is served, and nothing else. The server registers from it, `/openapi.json` is made from
 * it, and tests hold the answers against it.
 */
export const ROUTES = {
  login: route({
    method: 'POST',
    path: '/api/v1/session',
    who: 'anybody',
    tag: 'session',
    does: { zh: '登录', en: 'Log in' },
    body: bodyOf(loginBody),
    answer: json(loggedInOut),
    problems: ['wrong-credentials', 'too-many-attempts', 'too-busy', 'foreign-origin'],
  }),
  logout: route({
    method: 'DELETE',
    path: '/api/v1/session',
    who: 'unset',
    tag: 'session',
    does: { zh: '退出登录', en: 'Log out' },
    answer: nothing,
  }),
  me: route({
    method: 'GET',
    path: '/api/v1/me',
    who: 'unset',
    tag: 'session',
    does: { zh: '当前用户', en: 'Who am I' },
    answer: json(meOut),
  }),
  setPassword: route({
    method: 'POST',
    path: '/api/v1/me/password',
    who: 'unset',
    tag: 'session',
    does: {
      zh: '设置密码；其他会话随之结束',
      en: 'Set the password; every other session of the account ends',
    },
    body: bodyOf(passwordBody),
    answer: nothing,
    problems: ['weak-password', 'wrong-credentials', 'too-many-attempts', 'too-busy'],
  }),

  lifelines: route({
    method: 'GET',
    path: '/api/v1/lifelines',
    who: 'session',
    tag: 'register',
    does: {
      zh: '业务专项：指标、单位、量程、默认规则及出处',
      en: 'Lifelines: metrics, units, ranges, default rules, with the source of each number',
    },
    answer: json(pageOf(lifelineOut)),
  }),
  areas: route({
    method: 'GET',
    path: '/api/v1/areas',
    who: 'session',
    tag: 'register',
    does: { zh: '区域', en: 'Areas' },
    query: areasQuery,
    answer: json(pageOf(areaOut)),
  }),
  assets: route({
    method: 'GET',
    path: '/api/v1/assets',
    who: 'session',
    tag: 'register',
    does: { zh: '设施', en: 'Assets' },
    query: assetsQuery,
    answer: json(pageOf(assetOut)),
  }),
  createAsset: route({
    method: 'POST',
    path: '/api/v1/assets',
    who: 'session',
    tag: 'register',
    does: { zh: '新建设施', en: 'Create an asset' },
    body: bodyOf(assetCreate),
    answer: created(assetOut),
    problems: ['code-taken', 'unknown-reference'],
  }),
  changeAsset: route({
    method: 'PATCH',
    path: '/api/v1/assets/{code}',
    who: 'session',
    tag: 'register',
    does: { zh: '修改设施', en: 'Change an asset; what is left out stays, null clears' },
    params: ofCode,
    body: bodyOf(assetPatch),
    answer: json(assetOut),
    problems: ['not-found', 'unknown-reference'],
  }),
  points: route({
    method: 'GET',
    path: '/api/v1/points',
    who: 'session',
    tag: 'register',
    does: { zh: '监测点', en: 'Points' },
    query: pointsQuery,
    answer: json(pageOf(pointOut)),
  }),
  createPoint: route({
    method: 'POST',
    path: '/api/v1/points',
    who: 'session',
    tag: 'register',
    does: { zh: '新建监测点', en: 'Create a point' },
    body: bodyOf(pointCreate),
    answer: created(pointOut),
    problems: ['code-taken', 'unknown-reference'],
  }),
  point: route({
    method: 'GET',
    path: '/api/v1/points/{code}',
    who: 'session',
    tag: 'register',
    does: { zh: '一个监测点', en: 'One point' },
    params: ofCode,
    answer: json(pointOut),
    refusals: ['point-unknown'],
  }),
  changePoint: route({
    method: 'PATCH',
    path: '/api/v1/points/{code}',
    who: 'session',
    tag: 'register',
    does: {
      zh: '修改监测点；检修停用亦在此设置',
      en: 'Change a point; taking it out of service is a change too',
    },
    params: ofCode,
    body: bodyOf(pointPatch),
    answer: json(pointOut),
    problems: ['unknown-reference'],
    refusals: ['point-unknown'],
  }),
  devices: route({
    method: 'GET',
    path: '/api/v1/devices',
    who: 'session',
    tag: 'register',
    does: { zh: '监测设备', en: 'Devices' },
    query: devicesQuery,
    answer: json(pageOf(deviceOut)),
  }),
  createDevice: route({
    method: 'POST',
    path: '/api/v1/devices',
    who: 'session',
    tag: 'register',
    does: { zh: '新建监测设备', en: 'Create a device' },
    body: bodyOf(deviceCreate),
    answer: created(deviceOut),
    problems: ['code-taken', 'unknown-reference'],
  }),
  changeDevice: route({
    method: 'PATCH',
    path: '/api/v1/devices/{code}',
    who: 'session',
    tag: 'register',
    does: {
      zh: '修改监测设备，例如换装到另一监测点',
      en: 'Change a device, e.g. install it at another point',
    },
    params: ofCode,
    body: bodyOf(devicePatch),
    answer: json(deviceOut),
    problems: ['not-found', 'unknown-reference'],
  }),
  importRegister: route({
    method: 'POST',
    path: '/api/v1/register/import',
    who: 'session',
    tag: 'register',
    does: {
      zh: '批量导入台账（CSV，中英文表头均可）；按编码幂等，逐行报错，好的行照用；空单元格表示不变',
      en: 'Import the register from CSV, Chinese or English header; idempotent by code, an error per row, good rows are used; an empty cell leaves things as they are',
    },
    query: importQuery,
    body: { type: 'csv', atMost: 32 * MIB },
    answer: json(importOut),
    problems: ['not-utf8'],
  }),
  exportRegister: route({
    method: 'GET',
    path: '/api/v1/register/export',
    who: 'session',
    tag: 'register',
    does: { zh: '导出台账，可原样再导入', en: 'Export the register; the file can be imported again' },
    query: exportQuery,
    answer: { status: 200, type: 'csv' },
  }),

  latestOfPoint: route({
    method: 'GET',
    path: '/api/v1/points/{code}/latest',
    who: 'session',
    tag: 'readings',
    does: {
      zh: '监测点各指标最新读数',
      en: 'Latest reading of each metric of a point, with quality and age',
    },
    params: ofCode,
    answer: json(pageOf(latestItem)),
    refusals: ['point-unknown'],
  }),
  latest: route({
    method: 'GET',
    path: '/api/v1/latest',
    who: 'session',
    tag: 'readings',
    does: { zh: '最新读数', en: 'Latest reading of each metric of each point' },
    query: latestQuery,
    answer: json(pageOf(latestItem)),
  }),
  readings: route({
    method: 'GET',
    path: '/api/v1/points/{code}/readings',
    who: 'session',
    tag: 'readings',
    does: {
      zh: '历史读数，由旧到新；给出 buckets 则为等分时段的最小、最大、平均',
      en: 'Readings, oldest first; with `buckets`, min, max and avg of equal buckets (spikes survive, empty ones are absent)',
    },
    params: ofCode,
    query: readingsQuery,
    answer: json(readingsOut),
    refusals: ['point-unknown'],
  }),
  readingsCsv: route({
    method: 'GET',
    path: '/api/v1/points/{code}/readings.csv',
    who: 'session',
    tag: 'readings',
    does: {
      zh: '导出读数',
      en: 'Readings as CSV: UTF-8 with BOM, Chinese header, cells guarded against formulas',
    },
    params: ofCode,
    query: csvQuery,
    answer: { status: 200, type: 'csv' },
    refusals: ['point-unknown'],
  }),
  telemetry: route({
    method: 'POST',
    path: '/api/v1/telemetry',
    who: 'session',
    tag: 'readings',
    does: {
      zh: '平台推送读数；202 表示已落盘，逐条答复',
      en: 'Readings pushed by a platform; 202: each item that is called accepted is on disk',
    },
    body: { type: 'json-as-is', documented: telemetryBody, atMost: 8 * MIB },
    answer: { status: 202, type: 'json', schema: telemetryOut },
  }),

  alarms: route({
    method: 'GET',
    path: '/api/v1/alarms',
    who: 'session',
    tag: 'alarms',
    does: {
      zh: '报警；未解除的按未确认、等级、时间排序，其余按时间',
      en: 'Alarms; open ones: unacknowledged first, then graver, then newest; others: newest first',
    },
    query: alarmsQuery,
    answer: json(pageOf(alarmJson)),
    problems: ['bad-cursor'],
  }),
  alarm: route({
    method: 'GET',
    path: '/api/v1/alarms/{id}',
    who: 'session',
    tag: 'alarms',
    does: { zh: '一条报警', en: 'One alarm' },
    params: ofAlarm,
    answer: json(alarmJson),
    refusals: ['alarm-unknown'],
  }),
  alarmEvents: route({
    method: 'GET',
    path: '/api/v1/alarms/{id}/events',
    who: 'session',
    tag: 'alarms',
    does: { zh: '一条报警的全过程，由旧到新', en: 'The whole story of an alarm, oldest first' },
    params: ofAlarm,
    answer: json(pageOf(alarmEventOut)),
    refusals: ['alarm-unknown'],
  }),
  acknowledge: route({
    ...act,
    path: '/api/v1/alarms/{id}/acknowledge',
    does: { zh: '确认', en: 'Acknowledge: I have seen this, at this level' },
    body: bodyOf(acknowledgeBody),
    refusals: [
      'alarm-unknown',
      'alarm-closed',
      'already-acknowledged',
      'seen-too-old',
      'seen-unknown',
      'command-reused',
    ],
  }),
  shelve: route({
    ...act,
    path: '/api/v1/alarms/{id}/shelve',
    does: { zh: '搁置：限时隐藏，须有原因', en: 'Shelve: hide for a limited time, with a reason' },
    body: bodyOf(shelveBody),
    refusals: [
      'alarm-unknown',
      'alarm-closed',
      'already-shelved',
      'already-hidden',
      'shelve-level-1',
      'shelve-too-long',
      'shelve-in-past',
      'seen-too-old',
      'seen-unknown',
      'reason-missing',
      'command-reused',
    ],
  }),
  unshelve: route({
    ...act,
    path: '/api/v1/alarms/{id}/unshelve',
    does: { zh: '取消搁置', en: 'Show again what was shelved' },
    body: bodyOf(unshelveBody),
    refusals: ['alarm-unknown', 'alarm-closed', 'not-shelved', 'command-reused'],
  }),
  reset: route({
    ...act,
    path: '/api/v1/alarms/{id}/reset',
    does: { zh: '复位：现场查看后放开锁定的报警', en: 'Let a latched alarm go, after a look on site' },
    body: bodyOf(resetBody),
    refusals: [
      'alarm-unknown',
      'alarm-closed',
      'not-acknowledged',
      'not-latched',
      'still-active',
      'command-reused',
    ],
  }),
  assess: route({
    ...act,
    path: '/api/v1/alarms/{id}/assess',
    does: {
      zh: '研判：真实、误报、沼气、测试、现场作业',
      en: "A person's verdict: real, false, biogas, test, works on site",
    },
    body: bodyOf(assessBody),
    refusals: ['alarm-unknown', 'command-reused'],
  }),
  note: route({
    ...act,
    path: '/api/v1/alarms/{id}/note',
    does: { zh: '备注', en: 'Write something down' },
    body: bodyOf(noteBody),
    refusals: ['alarm-unknown', 'text-missing', 'command-reused'],
  }),

  rules: route({
    method: 'GET',
    path: '/api/v1/rules',
    who: 'session',
    tag: 'rules',
    does: { zh: '规则', en: 'Rules in force' },
    query: rulesQuery,
    answer: json(pageOf(ruleOut)),
    refusals: ['point-unknown'],
  }),
  quarantine: route({
    method: 'GET',
    path: '/api/v1/quarantine',
    who: 'session',
    tag: 'readings',
    does: {
      zh: '被隔离的报文：原因和原始字节，由新到旧',
      en: 'Packets set aside, with the reason and the bytes, newest first; a page ends early when its bytes are many',
    },
    query: quarantineQuery,
    answer: json(pageOf(quarantinedOut)),
    problems: ['bad-cursor'],
  }),

  livez: route({
    method: 'GET',
    path: '/livez',
    who: 'anybody',
    tag: 'service',
    does: { zh: '进程在运行', en: 'Alive' },
    answer: json(liveOut),
  }),
  readyz: route({
    method: 'GET',
    path: '/readyz',
    who: 'anybody',
    tag: 'service',
    does: { zh: '可以受理', en: 'Ready: what comes in is kept' },
    answer: json(readyOut),
    orStatus: 503,
  }),
  metrics: route({
    method: 'GET',
    path: '/metrics',
    who: 'anybody',
    tag: 'service',
    does: { zh: '运行指标（Prometheus 文本）', en: 'Meters, Prometheus text' },
    answer: { status: 200, type: 'text' },
  }),
  openapi: route({
    method: 'GET',
    path: '/openapi.json',
    who: 'anybody',
    tag: 'service',
    does: { zh: '本接口的 OpenAPI 3.1 文档', en: 'This interface as OpenAPI 3.1' },
    answer: { status: 200, type: 'document' },
  }),
  asyncapi: route({
    method: 'GET',
    path: '/asyncapi.json',
    who: 'anybody',
    tag: 'service',
    does: { zh: 'MQTT 与 WebSocket 的 AsyncAPI 3 文档', en: 'MQTT and WebSocket as AsyncAPI 3' },
    answer: { status: 200, type: 'document' },
  }),
} as const satisfies Record<string, RouteSpec>;

export type Routes = typeof ROUTES;
export type RouteName = keyof Routes;
