import { NO_END_IN_SIGHT, TOLD_BEFORE } from '../domain/certificate.ts';
import { as } from '../domain/ids.ts';
import type { Metric } from '../domain/metric.ts';
import type { Pack } from '../domain/pack.ts';
import type { Rule } from '../domain/rule.ts';
import type { Bilingual } from '../domain/text.ts';
import { days, minutes, seconds } from '../domain/time.ts';
import { above, advice, below, D, flag, outside, quantity, rule, step } from './language/common.ts';

const platform = as.lifeline('platform');
const EVERY = minutes(1);
const HOUSE = 'reliability contract C13: 70 % warns, 90 % is red, 100 % stops acknowledging';

/** 平台自身: what the service watches of itself; its troubles are alarms like any other, seen by the same people. */
export const PLATFORM: Pack = {
  lifeline: platform,
  name: { zh: '平台自身', en: 'the platform itself' },
  reserved: true,
  levelNote: {
    zh: '等级为本平台自定：红为即将停止接收或证书已到期，橙为数据不再入库或证书 7 天内到期，黄为缓存正在变满，蓝为应安排的维护。',
    en: 'Levels are our own: red means intake is about to stop or a certificate has ended, orange that nothing is stored or one ends within 7 days, yellow that the spool fills, blue that upkeep is due.',
  },
  metrics: [
    quantity(
      'spool',
      '待存缓存占用',
      'spool in use',
      '%',
      [0, 1_000, D('a share of the configured bound')],
      EVERY,
    ),
    quantity(
      'backlog',
      '待存最旧数据时长',
      'age of the oldest waiting reading',
      's',
      [0, 1e9, D('a length of time')],
      EVERY,
    ),
    flag('store', '历史库不可用', 'history store not taking readings', EVERY),
    flag('locked', '历史库拒绝凭证', 'history store refuses our credential', EVERY),
    flag('held', '上报未确认（缓存已满）', 'packets not acknowledged (spool full)', EVERY),
    flag('audit', '审计日志无法写入', 'audit journal cannot be written', EVERY),
    quantity(
      'restarts',
      '历史库进程重启',
      'history process ended',
      '',
      [0, 1e6, D('a number of times')],
      EVERY,
      { sentinels: [] },
    ),
    quantity('intake', '接收报文', 'packets taken', '1/s', [0, 1e9, D('a rate')], EVERY),
    quantity('aside', '隔离报文', 'packets set aside', '1/min', [0, 1e9, D('a rate')], EVERY),
    quantity('dropped', '丢弃的 QoS 0 报文', 'QoS 0 packets dropped', '1/min', [0, 1e9, D('a rate')], EVERY),
    quantity(
      'lost',
      '放弃入库的读数',
      'acknowledged readings given up',
      '',
      [0, 1e12, D('a number of readings')],
      EVERY,
      {
        sentinels: [],
      },
    ),
    quantity(
      'clock',
      '服务器时钟与本系统时钟之差',
      "the machine's clock beyond ours",
      's',
      [-1e10, 1e10, D('a length of time: three hundred years')],
      EVERY,
      { sentinels: [] },
    ),
    quantity(
      'devices',
      '监测设备时钟与本系统时钟之差',
      "the devices' clocks beyond ours",
      's',
      [-1e10, 1e10, D('a length of time: three hundred years')],
      EVERY,
      { sentinels: [] },
    ),
    quantity(
      'probe',
      '自检未通过次数',
      'misses of the self-check in a row',
      '',
      [0, 1e9, D('a count')],
      EVERY,
      { sentinels: [] },
    ),
    certificateDays('httpsDays', 'HTTPS 证书剩余天数', 'days until the certificate of HTTPS ends'),
    certificateDays('mqttsDays', 'MQTT TLS 证书剩余天数', 'days until the certificate of MQTT over TLS ends'),
    certificateDays('authorityDays', '设备证书机构剩余天数', 'days until the authority of devices ends'),
    flag('certificate', '证书不可用', 'a certificate is refused by peers', EVERY),
    flag('renewal', '证书更新被拒绝', 'new certificates were refused', EVERY),
    flag('upward', '上报上级平台受阻', 'platforms above are not being told', EVERY),
    quantity('rss', '内存占用', 'resident memory', 'MiB', [0, 1e9, D('an amount of memory')], EVERY),
  ],
  rules: [
    rule(platform, {
      metric: 'spool',
      kind: 'limit',
      name: { zh: '待存缓存将满', en: 'spool filling' },
      unit: '%',
      steps: [
        step(
          3,
          above(70),
          { deadband: 5 },
          D(HOUSE),
          advice(
            '历史库跟不上或不可用，数据正在本机磁盘排队，尚未丢失。通知系统管理员检查历史库和磁盘空间。',
            'The history store is away or too slow; readings wait on our disk, nothing is lost. Have the administrator look at the store and at free space.',
          ),
        ),
        step(
          1,
          above(90),
          { deadband: 5 },
          D(HOUSE),
          advice(
            '缓存即将写满，写满后设备上报不再确认。立即恢复历史库，或扩大磁盘并调高 LIFELINE_SPOOL_MAX_MB。收到的上报仍参与报警判断，但等不到确认的设备会停止发送。',
            'The spool is about to be full; then devices are no longer acknowledged. Bring the store back at once, or give more disk and raise LIFELINE_SPOOL_MAX_MB. What arrives is still judged, but a device that waits for its acknowledgement sends no more.',
          ),
        ),
      ],
      reAlarmAfter: minutes(30),
    }),
    rule(platform, {
      metric: 'store',
      kind: 'flag',
      name: { zh: '历史库不可用', en: 'history store away' },
      unit: '',
      steps: [
        step(
          2,
          above(1),
          { onDelay: seconds(30), offDelay: seconds(10) },
          D('a store that comes back within half a minute was being restarted'),
          advice(
            '读数暂存本机，报警不受影响，曲线会暂缺。通知系统管理员检查历史库进程、网络和磁盘。',
            'Readings wait on our disk and alarms go on; trends lack the latest. Have the administrator look at the store, its network and disk.',
          ),
        ),
      ],
      reAlarmAfter: minutes(60),
    }),
    rule(platform, {
      metric: 'held',
      kind: 'flag',
      name: { zh: '缓存已满，上报不再确认', en: 'spool full, nothing acknowledged' },
      unit: '',
      steps: [
        step(
          1,
          above(1),
          { offDelay: seconds(30) },
          D(HOUSE),
          advice(
            '缓存已写满：收到的上报仍参与报警判断，但不入库、不确认；等不到确认的设备会停止发送，其数据不再判断。立即恢复历史库，或扩大磁盘并调高 LIFELINE_SPOOL_MAX_MB；必要时派人现场值守。',
            'The spool is full: what arrives is judged, but neither kept nor acknowledged, and a device that waits for its acknowledgement sends no more and is not judged. Bring the store back at once, or give more disk and raise LIFELINE_SPOOL_MAX_MB; have people on site where it matters.',
          ),
        ),
      ],
      reAlarmAfter: minutes(10),
    }),
    rule(platform, {
      metric: 'audit',
      kind: 'flag',
      name: { zh: '审计日志无法写入', en: 'audit journal cannot be written' },
      unit: '',
      steps: [
        step(
          2,
          above(1),
          { offDelay: seconds(10) },
          D('what cannot be audited is not done: nobody can change anything meanwhile'),
          advice(
            '审计日志写不进磁盘，暂不受理配置与权限变更，报警不受影响。通知系统管理员检查数据目录所在磁盘。',
            'The audit journal does not reach its disk: changes of settings and rights are refused, alarms flow on. Have the administrator look at the disk of the data directory.',
          ),
        ),
      ],
      reAlarmAfter: minutes(60),
    }),
    rule(platform, {
      metric: 'restarts',
      kind: 'limit',
      name: { zh: '历史库进程异常退出', en: 'history process ended by itself' },
      unit: '',
      steps: [
        step(
          3,
          above(1),
          {},
          D(
            'a process that ends by itself has met a disk that fails, too little memory, or a fault of its library',
          ),
          advice(
            '历史库进程异常退出，已自动重新启动，已确认的数据不会丢失，报警不受影响。反复出现时请系统管理员检查磁盘和内存（服务日志中有原因）。',
            'The history process ended and was started anew; nothing acknowledged is lost and alarms go on. Where it happens again, have the administrator look at disk and memory (the log of the service says why).',
          ),
        ),
      ],
      reAlarmAfter: minutes(60),
    }),
    rule(platform, {
      metric: 'locked',
      kind: 'flag',
      name: { zh: '历史库拒绝凭证', en: 'history store refuses our credential' },
      unit: '',
      steps: [
        step(
          2,
          above(1),
          {},
          D('a refused credential does not mend itself'),
          advice(
            '历史库返回 401/403，入库已停止，读数暂存本机。由系统管理员更换 LIFELINE_INFLUX_TOKEN 后重启服务。',
            'The store answers 401/403: nothing is stored, readings wait on our disk. The administrator must set a valid LIFELINE_INFLUX_TOKEN and restart.',
          ),
        ),
      ],
      reAlarmAfter: minutes(60),
    }),
    rule(platform, {
      metric: 'lost',
      kind: 'limit',
      name: { zh: '有读数未能入库', en: 'readings given up' },
      unit: '',
      steps: [
        step(
          2,
          above(1),
          {},
          D(
            'nothing acknowledged may be given up unnoticed; each entry of the loss ledger is somebody’s readings',
          ),
          advice(
            '历史库永久拒收了部分已确认的读数（或历史文件损坏），报警判断不受影响。请系统管理员查看损失台账（GET /api/v1/losses）：涉及监测点、原因和原始数据都在其中。',
            'The store will never take some acknowledged readings, or a file of it is damaged; judging is not affected. Have the administrator look at the loss ledger (GET /api/v1/losses): points, reasons and the data itself are there.',
          ),
        ),
      ],
      reAlarmAfter: minutes(60),
    }),
    rule(platform, {
      metric: 'clock',
      kind: 'limit',
      name: { zh: '服务器时钟被调整', en: "the machine's clock was set" },
      unit: 's',
      steps: [
        step(
          2,
          outside(-5, 5),
          { deadband: 4 },
          D('NTP keeps a clock to a fraction of a second; by seconds it is set, or it is wrong'),
          advice(
            '服务器时钟与本系统时钟相差所示秒数（正数：服务器时钟超前）。判断、搁置和静默计时按实际经过的时间继续，不受影响；相差 2 分钟以内逐步校正。请系统管理员检查 NTP。',
            "The machine's clock differs from ours by so many seconds (positive: it is ahead). Judging, shelves and silences go on by the time that really passes. Up to two minutes are caught up little by little. Have the administrator look at NTP.",
          ),
        ),
        step(
          1,
          outside(-120, 120),
          { deadband: 60 },
          D('promises C14: beyond two minutes the times of devices and ours do not fit together'),
          advice(
            '服务器时钟与本系统时钟相差所示秒数（正数：服务器时钟超前）。报警照常；时间标注以本系统时钟为准。立即核对服务器时间和 NTP：稳定 5 分钟后本系统按服务器时钟重新启动一次（数秒），若各监测设备的时钟表明服务器时钟有误则不采用。',
            "The machine's clock differs from ours by so many seconds (positive: it is ahead). Alarms go on; times are given by our clock. Check the machine's time and NTP at once: when it has stood still for five minutes the service starts anew with it (some seconds), unless the devices' clocks say that the machine's is wrong.",
          ),
        ),
      ],
      reAlarmAfter: minutes(60),
    }),
    rule(platform, {
      metric: 'devices',
      kind: 'limit',
      name: { zh: '本系统时钟与各监测设备不一致', en: "our clock differs from the devices'" },
      unit: 's',
      steps: [
        step(
          2,
          outside(-30, 30),
          { deadband: 10 },
          D('promises C14: what is later than half a minute is late; many devices do not err by the same'),
          advice(
            '多数监测设备的时钟与本系统时钟相差相同的秒数（正数：设备超前），有误的应是本系统时钟，不逐台报设备故障。报警按收到时间照常判断。请系统管理员核对服务器时间和 NTP。',
            "The clocks of most devices differ from ours by the same number of seconds (positive: they are ahead): it will be ours that is wrong, and no device is blamed for it. Judging goes on by the time of receipt. Have the administrator check the machine's time and NTP.",
          ),
        ),
        step(
          1,
          outside(-120, 120),
          { deadband: 60 },
          D('promises C14: beyond two minutes the times of devices and ours do not fit together'),
          advice(
            '多数监测设备的时钟与本系统时钟相差相同的秒数（正数：设备超前），有误的应是本系统时钟，不逐台报设备故障。报警按收到时间照常判断，但时间标注有误。立即核对服务器时间和 NTP。',
            "The clocks of most devices differ from ours by the same number of seconds (positive: they are ahead): it will be ours that is wrong, and no device is blamed for it. Judging goes on by the time of receipt, but times are given wrongly. Check the machine's time and NTP at once.",
          ),
        ),
      ],
      reAlarmAfter: minutes(60),
    }),
    rule(platform, {
      metric: 'probe',
      kind: 'limit',
      name: { zh: '系统自检失败', en: 'self-check failed' },
      unit: '',
      steps: [
        step(
          1,
          above(3),
          { deadband: 2 },
          D('promises C17: three misses in a row'),
          advice(
            '自检报文连续三次未能变成报警推送到值班台：真实报警可能同样到不了。立即通知系统管理员查看日志，并以电话等方式加强值守。',
            'Three probes in a row did not come out as alarms before the consoles: real ones may not either. Have the administrator look at the log at once, and keep watch by other means.',
          ),
        ),
      ],
      reAlarmAfter: minutes(30),
    }),
    certificateRule(
      'httpsDays',
      { zh: 'HTTPS 证书到期', en: 'certificate of HTTPS ends' },
      {
        zh: '到期后浏览器和上级平台拒绝连接，值班台打不开',
        en: 'Once it has ended, browsers and other platforms refuse the connection: no console can be opened',
      },
    ),
    certificateRule(
      'mqttsDays',
      { zh: 'MQTT TLS 证书到期', en: 'certificate of MQTT over TLS ends' },
      {
        zh: '到期后设备拒绝连接，监测数据中断',
        en: 'Once it has ended, devices refuse the connection and are no longer heard',
      },
    ),
    certificateRule(
      'authorityDays',
      { zh: '设备证书机构到期', en: 'authority of devices ends' },
      {
        zh: '到期后由其签发证书的设备均无法接入，监测数据中断',
        en: 'Once it has ended, no device with a certificate of it gets in, and none of them is heard',
      },
    ),
    rule(platform, {
      metric: 'certificate',
      kind: 'flag',
      name: { zh: '证书不可用', en: 'a certificate is refused' },
      unit: '',
      steps: [
        step(
          2,
          above(1),
          {},
          D('whoever checks it stays out until a person changes it'),
          advice(
            '在用证书尚未生效，或证书链不完整，设备或浏览器会拒绝连接。请系统管理员核对服务器时间，运行 lifeline doctor 查看是哪个文件，换上正确的证书后 1 分钟内自动生效。',
            'A certificate in use is not valid yet, or its chain leads to no issuer: devices or browsers refuse it. Have the administrator check the clock and run lifeline doctor, which names the file; a right one is taken within a minute.',
          ),
        ),
      ],
      reAlarmAfter: days(1),
    }),
    rule(platform, {
      metric: 'upward',
      kind: 'flag',
      name: { zh: '上报上级平台受阻', en: 'platforms above are not being told' },
      unit: '',
      steps: [
        step(
          3,
          above(1),
          { offDelay: seconds(30) },
          D(
            'what people wait for has been owed for half an hour, or was rejected: it is told by telephone meanwhile',
          ),
          advice(
            '有报警、预警、工单或事件半小时未送达上级平台，或被其退回，未丢失。查看“上报”页中的原因；线路不通时联系对方，被退回的由人更正、重发或放弃，期间以电话上报。',
            'An alarm, warning, order or incident has waited for a platform above for half an hour, or was rejected there; nothing is lost. See why under Upward: where the line is down call them, what was rejected is corrected, sent again or waived by a person; tell them by telephone meanwhile.',
          ),
        ),
      ],
      reAlarmAfter: minutes(60),
    }),
    rule(platform, {
      metric: 'renewal',
      kind: 'flag',
      name: { zh: '证书更新被拒绝', en: 'new certificates were refused' },
      unit: '',
      steps: [
        step(
          3,
          above(1),
          // Certificate and key are two files, and not replaced at the same moment.
          { onDelay: minutes(2) },
          D('the old certificate goes on until its end; two minutes are two looks at the files'),
          advice(
            '新证书有误（与私钥不匹配、已到期、未生效或证书链不完整），仍在使用旧证书。请系统管理员查看日志或审计记录中的原因，换上正确的文件后 1 分钟内自动生效。',
            'The new certificate is wrong (not of its key, ended, not valid yet, or without its chain); the old one goes on. Have the administrator read why in the log or the audit journal; right files are taken within a minute.',
          ),
        ),
      ],
      reAlarmAfter: days(1),
    }),
  ],
};

function certificateDays(key: string, zh: string, en: string): Metric {
  const source = D('a century, which also says that there is none');
  return quantity(key, zh, en, 'd', [-NO_END_IN_SIGHT, NO_END_IN_SIGHT, source], EVERY, { sentinels: [] });
}

/** Ends are told in time for an order, for an errand and for the same day; the last one is that it has ended. */
function certificateRule(metric: string, name: Bilingual, then: Bilingual): Rule {
  const say = advice(
    `${then.zh}。请系统管理员申请新证书，替换证书和私钥文件（lifeline doctor 列出文件），1 分钟内自动生效，无需重启。`,
    `${then.en}. Have the administrator get a new one and put certificate and key in place of the old files (lifeline doctor names them): they are taken within a minute, without a restart.`,
  );
  const [early, soon, late] = TOLD_BEFORE;
  return rule(platform, {
    metric,
    kind: 'limit',
    name,
    unit: 'd',
    steps: [
      step(4, below(early / days(1)), {}, D('30 days: time to order one'), say),
      step(3, below(soon / days(1)), {}, D('14 days: time to fetch one'), say),
      step(2, below(late / days(1)), {}, D('7 days: a long holiday is as long'), say),
      step(1, below(0), {}, D('ended: whoever checks it stays out'), say),
    ],
    reAlarmAfter: days(1),
  });
}
