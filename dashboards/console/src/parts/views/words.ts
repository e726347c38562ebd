/** Views that are kept under a name. */
export const words = {
  views: ['视图', 'Views'],
  viewsHint: ['保存的筛选：本人的和全席共用的', 'Kept filters: your own, and those of the desk'],
  none: [
    '还没有保存的视图：先筛选，再起个名字保存。',
    'None is kept yet: narrow the list, then give it a name.',
  ],
  name: ['名称', 'Name'],
  shared: ['全席共用', 'for all at the desk'],
  keep: ['保存当前', 'Keep this one'],
  kept: ['已保存视图：{name}', 'Kept: {name}'],
  drop: ['删除视图 {name}', 'Take away {name}'],
  dropped: ['已删除视图：{name}', 'Taken away: {name}'],
  of: ['{who} 共用', 'from {who}'],
} as const;
