/** Where an order stands, and its clocks: said on rows of alarms, too, so that it is small. */
export const orderStateWords = {
  'order.state.new': ['待派', 'to dispatch'],
  'order.state.dispatched': ['待签收', 'to accept'],
  'order.state.returned': ['被退', 'sent back'],
  'order.state.accepted': ['已签收', 'accepted'],
  'order.state.on-site': ['已到场', 'on site'],
  'order.state.paused': ['挂起', 'paused'],
  'order.state.done': ['待核查', 'to verify'],
  'order.state.verified': ['待归档', 'to archive'],
  'order.state.archived': ['已归档', 'archived'],
  'order.state.voided': ['已作废', 'voided'],
  'order.mark': ['工单 {state}', 'Order {state}'],
  'order.markMore': ['工单 {n} 张', '{n} orders'],
  'order.existing': ['工单', 'Orders'],
  'order.create': ['派单', 'Dispatch'],
} as const;
