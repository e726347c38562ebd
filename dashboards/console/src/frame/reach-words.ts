export const words = {
  none: ['未配置通知', 'No notices set up'],
  noneHint: [
    '没有可用的通知渠道：报警只在本页显示，不会通知任何人',
    'No channel is in use: alarms show here alone, and nobody is told',
  ],
  lost: ['未送达 {n}', 'Undelivered {n}'],
  lostHint: [
    '有通知未送达，或有报警无人收到：看是谁、为何，并电话联系',
    'Notices did not arrive, or an alarm reached nobody: see whose and why, and telephone',
  ],
  unmanned: ['无人值班', 'Nobody on duty'],
  unmannedN: ['无人值班 {n} 处', 'Nobody on duty: {n}'],
  unmannedHint: ['此刻无人值班：{list}', 'Nobody is on duty now: {list}'],
  noCentre: ['尚未登记监测中心', 'the centre, which is not registered'],
} as const;
