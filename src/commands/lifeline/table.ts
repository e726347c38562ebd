type Said = { readonly zh: string; readonly en: string };
export type Command = {
  readonly name: string;
  readonly group: keyof typeof GROUPS;
  readonly says: Said;
  /** What may follow the name, for the completion of a shell. */
  readonly verbs?: readonly string[];
  readonly options?: readonly string[];
  /** Of root's, it is done as the user whose data it is. */
  readonly asOwner?: true;
};

export const GROUPS = {
  service: { zh: '服务', en: 'the service' },
  look: { zh: '检查', en: 'look at it' },
  data: { zh: '数据', en: 'its data' },
  people: { zh: '账号、设备、规则', en: 'people, devices, rules' },
  try: { zh: '试用', en: 'try it' },
  program: { zh: '本程序', en: 'this program' },
} as const satisfies Record<string, Said>;

const DATA_DIR = '--data-dir';

/** Every command there is, in the order in which the help shows them. */
const TABLE = [
  {
    name: 'serve',
    group: 'service',
    says: {
      zh: '在前台运行服务：MQTT、规则、报警、控制台',
      en: 'the service in the foreground: MQTT, rules, alarms, console',
    },
  },
  {
    name: 'start',
    group: 'service',
    says: { zh: '在后台启动已安装的服务', en: 'start the installed service in the background' },
    options: ['--within'],
  },
  {
    name: 'stop',
    group: 'service',
    says: { zh: '停止服务', en: 'stop it' },
  },
  {
    name: 'status',
    group: 'service',
    says: { zh: '在用版本、进程、地址', en: 'version in use, process, addresses' },
    asOwner: true,
  },
  {
    name: 'upgrade',
    group: 'service',
    says: { zh: '升级；失败则自动恢复', en: 'to another version; goes back by itself when that fails' },
    options: ['--to', '--within', '--settle'],
  },
  {
    name: 'rollback',
    group: 'service',
    says: { zh: '回到上次升级之前的版本', en: 'to the version before the last upgrade' },
    options: ['--with-backup', '--within'],
  },
  {
    name: 'wait-ready',
    group: 'service',
    asOwner: true,
    says: { zh: '等到服务就绪', en: 'wait until the service is ready' },
    options: ['--within', DATA_DIR],
  },
  {
    name: 'doctor',
    group: 'look',
    asOwner: true,
    says: {
      zh: '检查安装，说明怎样处理',
      en: 'what is wrong with this installation, and what would be right',
    },
    options: [DATA_DIR, '--json'],
  },
  {
    name: 'config',
    group: 'look',
    says: { zh: '核对配置，不启动服务', en: 'check the configuration without starting' },
    verbs: ['check'],
  },
  {
    name: 'parts',
    group: 'look',
    asOwner: true,
    says: { zh: '数据目录各部分是否一致', en: 'whether the parts of a data directory belong together' },
    options: ['--accept', DATA_DIR],
  },
  {
    name: 'audit',
    group: 'look',
    asOwner: true,
    says: { zh: '审计日志：校验、锚点、导出', en: 'the audit journal: verify, anchor, export' },
    verbs: ['verify', 'anchor', 'export'],
    options: ['--anchor', '--jsonl', DATA_DIR],
  },
  {
    name: 'bundle',
    group: 'look',
    says: { zh: '核对事件归档包：SHA-256 与 SM3', en: 'check the archive of an incident: SHA-256 and SM3' },
    verbs: ['verify'],
  },
  {
    name: 'backup',
    group: 'data',
    asOwner: true,
    says: { zh: '备份，服务运行时也可', en: 'a backup, also of a serving service' },
    options: ['--to', DATA_DIR, '--with-secrets'],
  },
  {
    name: 'restore',
    group: 'data',
    asOwner: true,
    says: { zh: '恢复备份，或只核对', en: 'bring a backup back, or only check it' },
    options: ['--from', DATA_DIR, '--check'],
  },
  {
    name: 'migrate',
    group: 'data',
    asOwner: true,
    says: {
      zh: '转换旧版本的数据格式；在数据目录与 PostgreSQL 之间搬家',
      en: "bring an earlier version's data to this one's form; move between a data directory and PostgreSQL",
    },
    options: ['--check', '--to', '--to-dir', '--json', DATA_DIR],
  },
  {
    name: 'import',
    group: 'data',
    asOwner: true,
    says: {
      zh: '导入历史读数；检查、转换图形',
      en: 'bring readings of the past in; drawings into register files',
    },
    verbs: ['readings', 'drawing'],
    options: [
      '--dry-run',
      '--mapping',
      '--format',
      '--encoding',
      '--zone',
      '--precision',
      '--errors',
      '--again',
      '--out',
      '--crs',
      '--as',
      '--lifeline',
      '--area',
      '--code',
      '--name',
      '--layers',
      '--prefix',
      '--swap',
      DATA_DIR,
    ],
  },
  {
    name: 'export',
    group: 'data',
    asOwner: true,
    says: { zh: '导出读数', en: 'write readings to a file' },
    options: ['--to', '--points', '--lifeline', '--area', '--from', '--until', DATA_DIR],
  },
  {
    name: 'account',
    group: 'people',
    asOwner: true,
    says: { zh: '账号：列出、重置密码', en: 'accounts: list, reset a password' },
    verbs: ['list', 'reset'],
    options: [DATA_DIR],
  },
  {
    name: 'device',
    group: 'people',
    asOwner: true,
    says: { zh: '设备凭据：签发、换发、吊销', en: 'credentials of devices: issue, rotate, revoke' },
    verbs: ['add', 'rotate', 'revoke', 'list'],
    options: ['--keep-old', '--areas', '--unregistered', '--csv', DATA_DIR],
  },
  {
    name: 'backtest',
    group: 'people',
    says: { zh: '用已存读数试算规则改动', en: 'try a change of a rule over stored readings' },
    options: [
      '--rule',
      '--from',
      '--to',
      '--draft',
      '--other',
      '--operators',
      '--url',
      '--account',
      '--password-file',
      '--otp',
      '--token-file',
      '--json',
    ],
  },
  {
    name: 'demo',
    group: 'try',
    says: { zh: '整套服务加模拟城市，只在本机', en: 'the whole service with a simulated city, on loopback' },
    options: ['--keep', '--http-port', '--mqtt-port', '--seed', '--minutes'],
  },
  {
    name: 'simulate',
    group: 'try',
    says: { zh: '模拟设备，向一个服务发送', en: 'simulated devices that send to a service' },
    options: ['--profile', '--scenario', '--url', '--speed', '--rate', '--duration', '--replay', '--dry'],
  },
  {
    name: 'completion',
    group: 'program',
    says: {
      zh: '打印命令行补全：lifeline completion bash',
      en: 'a completion for the shell: lifeline completion bash',
    },
    verbs: ['bash'],
  },
  {
    name: 'version',
    group: 'program',
    says: { zh: '打印版本号', en: 'print the version' },
  },
] as const satisfies readonly Command[];

export type CommandName = (typeof TABLE)[number]['name'];
export const COMMANDS: readonly (Command & { readonly name: CommandName })[] = TABLE;
