export const words = {
  citizens: ['市民诉求', 'Reports of citizens'],
  'citizen.received': ['待处理', 'received'],
  'citizen.matched': ['已关联', 'matched'],
  'citizen.assigned': ['已派工单', 'assigned'],
  'citizen.answered': ['已答复', 'answered'],
  'citizen.closed': ['已办结', 'closed'],
  'citizen.rejected': ['已退回', 'sent back'],
  'citizen.duplicate': ['已并案', 'duplicate'],
} as const;
