export const words = {
  line: ['状态线', 'State line'],
  neighbours: ['同一设施的监测点', 'Points of the same asset'],
  alone: ['该设施没有其他监测点', 'This asset has no other points'],
  noAsset: ['该监测点未归属任何设施', 'This point belongs to no asset'],
  more: ['另有 {n} 个', 'and {n} more'],
  around: ['报警前后 6 小时', 'Six hours before and after'],
  print: ['打印档案', 'Print this file'],
  reading: ['正在读取档案…', 'Reading the file…'],
  missing: ['没有这条报警：{why}', 'There is no such alarm: {why}'],
  printed: ['报警档案 {id} · 打印于 {time}（北京时间）', 'Alarm file {id} · printed {time} (Beijing time)'],
} as const;
