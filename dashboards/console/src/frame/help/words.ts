/** What each screen is for, and the first shift step by step: read when somebody asks for help. */
export const words = {
  handbook: ['值班员手册', 'The handbook'],
  keys: ['键盘', 'Keys'],
  everywhere: ['任何页面', 'On every screen'],
  first: ['首班指引', 'The first shift'],
  service: ['本系统', 'The service'],
  'service.machine': ['机器', 'Machine'],
  'service.alone': ['一台，无备用机', 'One, and none stands by'],
  'service.active': ['主用机', 'Active'],
  'service.epoch': ['{name}，第 {n} 任', '{name}, epoch {n}'],
  'service.standby': ['备用机', 'Standby'],
  'service.noStandby': ['没有备用机在待命：主用机停机将无人接管', 'None is there: nobody would take over'],
  'service.seen': ['{name}，{s} 秒前有应答', '{name}, heard {s} s ago'],
  'service.switch': ['上次切换', 'Last switch'],
  'service.never': ['从未切换', 'Never'],
  'service.released': ['{time}，{from} 正常停机后接管', '{time}, {from} was stopped in order'],
  'service.runOut': ['{time}，{from} 失联后接管', '{time}, {from} was not heard of any more'],
  'service.since': ['运行自', 'Running since'],
  'service.trouble': ['异常', 'Trouble'],
  'about.duty': [
    '等待处理的报警，未确认的在最上面。选中一条：确认、研判、派单、预警。“按事件”把同一起的收在一起；“多选”一次办多条。',
    'Alarms that wait, unacknowledged ones on top. Choose one: acknowledge, assess, dispatch, warn. By incident folds what belongs together; Select acts on several at once.',
  ],
  'about.query': [
    '按日期、等级、专项、区域、厂家、研判和确认用时查历史报警；日历点选某日；导出 Excel 或 CSV。',
    'Past alarms by day, level, lifeline, area, vendor, verdict and time to acknowledge; press a day of the calendar; take them away as Excel or CSV.',
  ],
  'about.alarm': [
    '一条报警的全部：经过、曲线、谁被通知、工单与预警；可以打印。',
    'All there is of one alarm: its story, its curve, who was told, orders and warnings; it can be printed.',
  ],
  'about.trend': [
    '一个或几个监测点的曲线。拖动放大；“对比”叠加昨天或上周；在图上点一下再“加标注”，全席都能看到。',
    'Curves of one point or several. Drag to zoom; Compare lays yesterday or last week behind; press the drawing, then write a note that everybody sees.',
  ],
  'about.map': [
    '全市监测点、管线和正在发生的报警；点开一个点看曲线、确认、派单。',
    'Points, pipes and what goes on now; open a point for its curve, acknowledge or dispatch.',
  ],
  'about.dispatch': [
    '全部工单：超时的在最上面；每张工单有时限。',
    'All orders, what is overdue on top; each has its clocks.',
  ],
  'about.warnings': [
    '生效中的预警和待签发的；红、橙须另一人签发。',
    'Warnings in force, and those to be issued; red and orange by another person.',
  ],
  'about.incidents': [
    '相关报警合成的事件：为什么在一起、预案步骤、附近资源。',
    'Alarms that belong together: why, the steps of the plan, what lies near.',
  ],
  'about.risks': [
    '风险四色：设施的静态风险和得分构成；缺项为灰；点表头排序。',
    'Risk in four colours with the parts of each score; grey where something is missing. Press a head to sort.',
  ],
  'about.drills': [
    '演练：把场景放到运行中的系统里练；带演练标记，不计入真实数据。',
    'Drills: a scenario plays into the running system; all of it is marked, and counts nowhere.',
  ],
  'about.register': [
    '监测点、设备、设施与数据质量：失联、卡死的在前。',
    'Points, devices, assets and how well they measure: what is silent or stuck first.',
  ],
  'about.rules': [
    '现行阈值、出处和修改：先回测，再由另一人批准。',
    'Limits in force, their sources and changes: tried over history, approved by another person.',
  ],
  'about.handover': [
    '交接班：未解除、超时、搁置将到期的；双方签字。',
    'Hand-over: what is open, overdue, shelved until soon; both sign.',
  ],
  'about.reports': [
    '报告：编制、审核、签发、更正；数据截至事件日志的一个位置。',
    'Reports: made, reviewed, issued, corrected; as of one place in the journal.',
  ],
  'about.other': ['详细说明见手册。', 'The handbook says more.'],
  'first.hint': [
    '六步，做完一步勾一步；随时可以关闭，再从 ? 打开。',
    'Six steps; tick each as you go. Close it whenever you like: ? opens it again.',
  ],
  'first.1': ['启用声音：按“启用声音”，听到试音。', 'Sound: press Enable sound and hear the test tone.'],
  'first.2': [
    '字号与主题：左下角 A− A+、深色浅色；本机记住。',
    'Size and theme: A− A+ and dark or light, bottom left; this workstation remembers.',
  ],
  'first.3': [
    '看懂一行：等级的颜色、形状和数字，当前值对限值，历时。',
    'Read a row: colour, shape and number of its level, the value against its limit, how long.',
  ],
  'first.4': [
    '确认一条：选中它，按 A。确认表示“我已看到这一等级”，不是解除。',
    'Acknowledge one: choose it, press A. It says “I have seen this, at this level”; it ends nothing.',
  ],
  'first.5': [
    '研判与派单：研判写结论，D 派单给权属单位；没有把握就选“待查”。',
    'Assess and dispatch: a verdict, then D to the owner’s crew; where you are not sure, say unclear.',
  ],
  'first.6': [
    '交接班：班末打开“交接班”，与接班人逐条过，双方签字。',
    'Hand over: at the end open Handover, go through it with who comes, both sign.',
  ],
  'first.done': ['完成，不再提示', 'Done, do not offer again'],
} as const;
