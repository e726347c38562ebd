export const words = {
  running: ['演练进行中', 'DRILL RUNNING'],
  waits: ['演练报警：未确认 {unacked}，共 {total}', 'Its alarms: {unacked} unacknowledged of {total}'],
  notReal: ['以下带演练标记的内容都不是真实险情。', 'What is marked as a drill is not real.'],
  toIt: ['打开演练', 'Open the drill'],
  mark: ['演练', 'DRILL'],
  long: ['演练：不是真实险情，不计入指标和报表', 'DRILL: this is not real, and counts nowhere'],
} as const satisfies Record<string, readonly [string, string]>;
