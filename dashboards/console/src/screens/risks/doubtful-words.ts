import { words as risk } from './words.ts';

export const words = {
  ...risk,
  about: [
    '设备存疑而它守着什么：得分越高，越该先修。得分 = 疑点（1–3）× 所守最高等级（1 红计 4，4 蓝计 1）×（同设施无其他好设备则加倍）× 影响人数（30、100、300、1,000 人各加四分之一）。不改变任何报警。',
    'What doubtful sensors guard: the higher, the sooner to be mended. Harm = doubt (1–3) × the gravest level that it guards (1 red counts 4, 4 blue 1) × 2 where no other sound sensor of the kind stands at its asset × people within reach (a quarter more from 30, 100, 300 and 1,000 each). It changes no alarm.',
  ],
  doubts: [
    '疑点 3：可能显示平静而实际不然（卡滞、噪声消失、与邻近不符）；2：大量读数被剔除或漏报；1：仍在测（电量低、时钟不准）。',
    'Doubt 3: it may show calm where there is none (stuck, noise gone, apart from its neighbours); 2: much of it is thrown away or missing; 1: it still measures (battery, clock).',
  ],
  none: ['没有存疑的设备', 'No sensor is in doubt'],
  sensor: ['设备与位置', 'Sensor and place'],
  fault: ['疑点', 'Doubt'],
  harm: ['危害', 'Harm'],
  guards: ['所守', 'Guards'],
  alone: ['独守', 'Alone'],
  people: ['影响人数', 'People'],
  area: ['区域', 'Area'],
  since: ['自', 'Since'],
  rules: ['{n} 条规则', '{n} rules'],
  noRules: ['无规则', 'no rules'],
  yes: ['是', 'yes'],
  no: ['否', 'no'],
  order: ['派单', 'Order'],
  orderTitle: ['检修存疑设备 {device}：{why}', 'Mend doubtful sensor {device}: {why}'],
} as const satisfies Record<string, readonly [string, string]>;
