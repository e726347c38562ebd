export const words = {
  title: ['数据损失台账', 'Loss ledger'],
  why: [
    '凡是不得不放弃的数据都记在这里：什么、何时、谁的、多少、为何、原始数据在何处。',
    'All that had to be given up: what, when, whose, how many, why, and where the data is.',
  ],
  none: [
    '没有损失：收到并确认的数据都在。',
    'Nothing was lost: all that came and was acknowledged is there.',
  ],
  cause: ['原因', 'Cause'],
  amount: ['数量', 'How many'],
  whose: ['来源', 'Whose'],
  where: ['原始数据', 'Where the data is'],
  gone: ['未保留', 'gone'],
  kept: ['已保留', 'kept'],
  'what.readings': ['{n} 条读数', '{n} readings'],
  'what.frames': ['{n} 段波形', '{n} frames'],
  'what.packets': ['{n} 个报文', '{n} packets'],
  'what.messages': ['{n} 条消息', '{n} messages'],
  'what.device-events': ['{n} 个设备事件', '{n} device events'],
  'what.files': ['{n} 个文件', '{n} files'],
} as const;
