export const words = {
  title: ['没有这个页面', 'There is no such page'],
  hint: ['链接可能不完整，请核对后重新粘贴。', 'The link may have been cut: check it and paste it again.'],
} as const;
