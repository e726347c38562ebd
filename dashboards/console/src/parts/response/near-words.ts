/** Of resources 应急资源, and what lies near a place. */
export const words = {
  radius: ['半径', 'Within'],
  noResources: ['该范围内没有登记的资源', 'No resource is listed within it'],
  points: ['监测点 {n} 个，其中 {alarmed} 个正在报警', '{n} points, {alarmed} of them in alarm'],
  works: ['{what} 正在作业：{reason}', 'works at {what}: {reason}'],
  video: ['视频', 'Video'],
  'kind.team': ['队伍', 'Team'],
  'kind.goods': ['物资', 'Goods'],
  'kind.shelter': ['避难场所', 'Shelter'],
  'kind.hospital': ['医院', 'Hospital'],
  'kind.pump': ['泵站', 'Pump'],
  'kind.camera': ['摄像机', 'Camera'],
  'kind.fire-station': ['消防站', 'Fire station'],
  'kind.other': ['其他', 'Other'],
} as const;
