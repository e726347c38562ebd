export const words = {
  title: ['频谱', 'Spectrum'],
  hint: [
    '{name}，{to} 前十分钟的波形；点曲线上别处再看即换时段',
    '{name}, the waveform of the ten minutes before {to}; press the curve elsewhere and look again for another time',
  ],
  look: ['看频谱', 'Show spectrum'],
  again: ['再看', 'Look again'],
  reading: ['正在计算…', 'Working…'],
  course: ['看一周的主频走向', 'Main frequency over a week'],
  courseDrawing: [
    '主频走向，{of} 次查看中 {n} 次可见',
    'Course of the main frequency, seen in {n} of {of} looks',
  ],
  courseFew: [
    '{of} 次查看中只有 {n} 次可见，分不出变没变（前后两半各需两次）',
    'Seen in {n} of {of} looks only: whether it moved cannot be told (two in either half are needed)',
  ],
  'course.stays': [
    '没有变：后半比前半 {percent} %，误差 ±{error} %',
    'It has not moved: {percent} % from the older half to the newer, ±{error} %',
  ],
  'course.moved': [
    '变了 {percent} %（±{error} %），不到 3 %（JT/T 1037 二级）：先看温度和车流',
    'It has moved by {percent} % (±{error} %), less than the 3 % of JT/T 1037: look at temperature and traffic first',
  ],
  'course.beyond': [
    '变了 {percent} %（±{error} %），超过 3 %（JT/T 1037 二级）：扣除温度后仍如此，请管养单位检查',
    'It has moved by {percent} % (±{error} %), more than the 3 % of JT/T 1037: if temperature does not explain it, have the owner look',
  ],
  none: ['这段时间没有波形', 'No waveform in this time'],
  short: [
    '没有间断的波形太短，分不出频率：至少 4 段，每段 256 个采样',
    'Too short without a gap to tell frequencies: four segments of 256 samples are needed',
  ],
  basis: [
    '{rate} Hz 采样 {n} 个，{segments} 段平均，分辨率 {step} Hz',
    '{n} samples at {rate} Hz, {segments} segments averaged, {step} Hz apart',
  ],
  noModes: [
    '没有突出的频率（都不到周围的 10 倍）',
    'Nothing stands out (none is ten times its surroundings)',
  ],
  hz: ['频率', 'Frequency'],
  period: ['周期', 'Period'],
  ratio: ['高出周围', 'Over its surroundings'],
  times: ['{n} 倍', '{n} times'],
  force: [
    '索力约 {kN} kN（±{spread}）：按张紧弦、最低频率、索长 {length} m、{mass} kg/m 计，短粗吊杆偏大',
    'Cable force about {kN} kN (±{spread}): a taut string of {length} m and {mass} kg/m at the lowest frequency; too high for short, thick hangers',
  ],
  drawing: [
    '{name} 的频谱，0 到 {to} Hz，{n} 处突出',
    'Spectrum of {name}, 0 to {to} Hz, {n} that stand out',
  ],
  how: [
    '± 是标准误差：同一段分成四份各算一次，看差多少。频率随气温和车流会变，差在几倍 ± 之内不算变。',
    '± is the standard error, by how far four quarters of the time differ. Frequencies move with temperature and traffic; what differs by less than a few ± has not changed.',
  ],
} as const;
