import type { Bilingual } from '../../domain/text.ts';
import { STORE_TROUBLE, type StoreTroubleKind } from '../ports/history.ts';

/** What stands badly, one sentence each, the gravest first; nothing: all is well. */
export function troublesOf(now: {
  readonly journalFailed: boolean;
  /** What keeps the store from taking readings. */
  readonly store: StoreTroubleKind | null;
  /** Share of the spool's bound in use. */
  readonly spoolFull: number;
  /** Packets are judged, and neither kept nor acknowledged. */
  readonly isHolding: boolean;
  /** The broker that others run, where it has been away for a while; `null`: it is there, or there is none. */
  readonly brokerAway: string | null;
  readonly auditFails: boolean;
  /** Alarms that wait for somebody, of which a call reached nobody. */
  readonly unreached: number;
  /** Platforms above that something live has waited for too long, or that have rejected it. */
  readonly stalledUp: readonly string[];
  /** Platforms below that are silent. */
  readonly silentBelow: readonly string[];
}): Bilingual[] {
  const said: Bilingual[] = [];
  const { store, spoolFull } = now;
  const percent = Math.floor(spoolFull * 100);
  if (now.journalFailed)
    said.push({
      zh: '事件日志写入失败：不再确认任何上报，正在重新启动恢复',
      en: 'The journal has failed: nothing is acknowledged; the service is starting anew from it',
    });
  if (now.isHolding)
    said.push({
      zh: '待存缓存已满：上报仍参与报警判断，但不入库、不确认；等不到确认的设备会停止发送，其后的数据不再判断',
      en: 'The spool is full: what arrives is judged for alarms, but neither kept nor acknowledged; a device that waits for its acknowledgement sends no more, and what it does not send is not judged',
    });
  else if (spoolFull >= 0.9)
    said.push({
      zh: `待存缓存已用 ${percent}%：写满后不再确认上报`,
      en: `The spool is ${percent} % full: when it is full, nothing is acknowledged any more`,
    });
  else if (spoolFull >= 0.7)
    said.push({ zh: `待存缓存已用 ${percent}%`, en: `The spool is ${percent} % full` });
  if (now.brokerAway !== null)
    said.push({
      zh: `连不上 MQTT 服务器 ${now.brokerAway}：收不到其上设备的上报；它所存的待连上后再取`,
      en: `The broker ${now.brokerAway} cannot be reached: its devices are not heard; what it keeps for us comes when it is there again`,
    });
  if (now.unreached > 0)
    said.push({
      zh: `${now.unreached} 条未确认报警有通知未送达任何人，请查看其通知去向并电话联系`,
      en: `Of ${now.unreached} alarms that nobody has acknowledged a call reached nobody: see whom they were told to, and telephone`,
    });
  if (now.stalledUp.length > 0)
    said.push({
      zh: `上报上级平台受阻（${now.stalledUp.join('、')}）：有报警或工单未送达或被拒，请查看“上报”`,
      en: `Platforms above are not being told (${now.stalledUp.join(', ')}): something live has waited for half an hour, or was rejected`,
    });
  if (now.silentBelow.length > 0)
    said.push({
      zh: `下级平台失联（${now.silentBelow.join('、')}）：其报警保持最后状态，请电话联系`,
      en: `Platforms below are silent (${now.silentBelow.join(', ')}): their alarms stay as they were told; telephone`,
    });
  if (store !== null)
    said.push({
      zh: `${STORE_TROUBLE[store].zh}：读数在本机缓存中等待，报警不受影响`,
      en: `Readings wait on our disk and alarms go on: ${STORE_TROUBLE[store].en}`,
    });
  if (now.auditFails)
    said.push({
      zh: '审计日志无法写入：暂不受理配置与权限变更，报警不受影响',
      en: 'The audit journal cannot be written: changes are not accepted, alarms flow on',
    });
  return said;
}
