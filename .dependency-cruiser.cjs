/** The layer table of the design, as rules: who may import whom. Read by the architecture test and by `npm run arch`. */
const only = (name, from, ...allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed },
});
const NODE =
  '^node:|^(assert|crypto|dns|events|fs|net|os|path|stream|timers|tls|url|util|worker_threads|zlib|http|https|buffer|child_process|perf_hooks|sqlite|readline|module|v8)(/|$)';
const npm = (...names) => `^node_modules/(${names.join('|')})(/|$)`;

/** One library each: an adapter that needs another one is two adapters. */
const LIBRARIES = {
  'broker-aedes': ['aedes', 'mqtt-packet'],
  'broker-outside': ['mqtt-packet'],
  'history-duckdb': ['@duckdb/node-api'],
  'history-influx': ['@influxdata/influxdb-client'],
  'console-http': ['fastify', '@fastify/static', '@fastify/swagger-ui', 'zod'],
  'console-ws': ['ws', '@types/ws', 'zod'],
  'notice-channels': ['nodemailer'],
  postgres: ['pg', '@types/pg'],
  'incident-bundle': ['fflate'],
  'door-amqp': ['rhea'],
  'sheet-xlsx': ['fflate'],
  'map-dir': ['pmtiles'],
  'drawing-files': ['dxf', 'fflate', 'gcoord', 'proj4', 'shpjs'],
  // Goes in as a device and comes out as a console.
  'probe-line': ['mqtt', 'ws', '@types/ws'],
};

/** A thread of its own can be given no functions: it takes what it needs by itself. */
const ALSO = {
  // A store each for SQLite and for PostgreSQL.
  accounts: ['^src/adapters/postgres/'],
  audit: ['^src/adapters/postgres/'],
  'device-keys': ['^src/adapters/postgres/'],
  // What is the same whatever the journal is kept in: rows, cursors, the class with its two threads.
  'journal-sqlite': ['^src/adapters/journal-rows/'],
  // A backup is a file of SQLite, whatever it was copied from.
  'journal-postgres': [
    '^src/adapters/journal-rows/',
    '^src/adapters/journal-sqlite/(files|schema|sealed-words)\\.ts$',
  ],
  // Whoever moves an installation from one engine to the other knows every table of both.
  move: ['^src/adapters/(accounts|audit|device-keys|journal-postgres|journal-rows|journal-sqlite|postgres)/'],
  'tls-thread': ['^src/adapters/handshakes/'],
  // Each of two machines has its files in its directory as well.
  'attachments-postgres': ['^src/adapters/attachments-dir/'],
  // A drill plays what the simulators play: the one place where the service asks for them, and only when somebody drills.
  'drill-scenarios': ['^simulators/'],
};

const STORES = ['accounts', 'audit', 'device-keys', 'history-duckdb', 'history-influx'];

const adapters = [
  'clock',
  'ids',
  'log',
  'journal-rows',
  'journal-sqlite',
  'journal-postgres',
  'postgres',
  'history-duckdb',
  'history-influx',
  'broker-aedes',
  'broker-outside',
  'handshakes',
  'tls-thread',
  'accounts',
  'audit',
  'device-keys',
  'move',
  'installation',
  'console-http',
  'console-ws',
  'control-socket',
  'recovery-page',
  'standby-page',
  'lease-postgres',
  'probe-line',
  'notice-channels',
  'upstream-line',
  'upstream-profiles',
  'export-profiles',
  'attachments-dir',
  'attachments-postgres',
  'shared-files-postgres',
  'incident-bundle',
  'mappings-dir',
  'door-amqp',
  'door-tcp',
  'sheet-xlsx',
  'map-dir',
  'drawing-files',
  'open-files',
  'drill-scenarios',
];

/** The rooms of the flow, from the ground up: each knows those named after it. What lies beside them may know them all. */
const FLOORS = {
  ports: [],
  pair: ['ports/'],
  rules: ['ports/'],
  access: ['ports/'],
  judging: ['rules/', 'ports/'],
  notices: ['ports/'],
  response: ['ports/'],
  exchange: ['ports/'],
  core: ['judging/', 'rules/', 'notices/', 'response/', 'exchange/', 'ports/', 'probe'],
  board: ['core/', 'ports/'],
  storage: ['core/', 'ports/'],
  upstream: ['core/', 'exchange/', 'ports/', 'turn'],
  outbox: ['core/', 'notices/', 'ports/', 'turn'],
  commands: ['core/', 'ports/', 'turn'],
  doors: ['rules/', 'ports/'],
  backtest: ['core/', 'judging/', 'rules/', 'ports/'],
  forecast: ['core/', 'ports/', 'turn'],
  answering: ['core/', 'outbox/decide-in-turn', 'ports/', 'turn'],
};
const knowsWhatIsBelow = ([room, below]) => ({
  name: `flow/${room} knows what is below it`,
  severity: 'error',
  from: { path: `^src/flow/${room}/` },
  to: { path: '^src/flow/', pathNot: [`${room}/`, ...below].map((b) => `^src/flow/${b}`) },
});

/** What `src` consists of; `app` introduces them to one another. */
const rooms = ['domain', 'wire', 'packs', 'flow', 'config', 'commands', 'adapters', 'app'];

module.exports = {
  forbidden: [
    only('domain', '^src/domain/', '^src/domain/'),
    only('wire', '^src/wire/', '^src/wire/', '^src/domain/', npm('zod')),
    // The shape of a rule's signal is one: what a pack may ask for is what HTTP shows.
    only('packs', '^src/packs/', '^src/packs/', '^src/domain/', '^src/wire/signal', npm('zod')),
    only('flow', '^src/flow/', '^src/flow/', '^src/domain/', '^src/packs/', '^src/wire/'),
    ...Object.entries(FLOORS).map(knowsWhatIsBelow),
    only(
      'a room of the flow without a floor',
      `^src/flow/(?!(${Object.keys(FLOORS).join('|')})/)[^/]+/`,
      '^$',
    ),
    only(
      'config',
      '^src/config/',
      '^src/config/',
      '^src/domain/',
      '^src/adapters/shared/peer-address',
      npm('zod'),
      NODE,
    ),
    // Stock data of a stopped service goes through the service's own turn and drain.
    only(
      'commands for stock data',
      '^src/commands/(import|export|stock)[./]',
      '^src/commands/',
      '^src/app/journal-engine',
      '^src/config/',
      '^src/flow/',
      '^src/packs/',
      '^src/domain/',
      '^src/wire/',
      '^src/adapters/',
      npm('csv-parse'),
      NODE,
    ),
    only(
      'commands',
      '^src/commands/(?!(import|export|stock)[./])',
      '^src/commands/',
      '^src/app/journal-engine',
      // A command is the same machine as the service of its data directory.
      '^src/app/pair/machine',
      '^src/config/',
      // What a mapping may name is what a pack has.
      '^src/packs/',
      '^src/flow/ports/',
      '^src/domain/',
      '^src/wire/',
      '^src/adapters/',
      NODE,
    ),
    ...adapters.map((a) =>
      only(
        `adapters/${a}`,
        `^src/adapters/${a}/`,
        `^src/adapters/${a}/`,
        '^src/adapters/shared/',
        '^src/flow/ports/',
        '^src/domain/',
        '^src/wire/',
        NODE,
        // What is on PostgreSQL shares one client.
        ...(a.endsWith('-postgres') ? ['^src/adapters/postgres/'] : []),
        ...(ALSO[a] ?? []),
        ...(LIBRARIES[a] ? [npm(...LIBRARIES[a])] : []),
      ),
    ),
    only('adapters/shared', '^src/adapters/shared/', '^src/adapters/shared/', NODE),
    only('an adapter without a row in this table', `^src/adapters/(?!(shared|${adapters.join('|')})/)`, '^$'),
    only(
      'simulators',
      '^simulators/',
      '^simulators/',
      '^src/wire/',
      '^src/packs/',
      '^src/domain/',
      npm('mqtt'),
      NODE,
    ),
    // What a store is made of is the store's own business: commands go through its port, or look at it by its own door.
    {
      name: 'commands know no engine from within',
      severity: 'error',
      from: { path: '^src/commands/' },
      to: {
        path: `^src/adapters/(${STORES.join('|')})/(?!(index|look)\\.ts$)|^src/adapters/journal-|^src/adapters/shared/sqlite|^(node:)?sqlite$`,
      },
    },
    only(
      'the console',
      '^dashboards/console/src/',
      '^dashboards/console/src/',
      '^src/wire/',
      npm('vue', 'vue-router', '@vue', 'uplot', 'ol', 'pmtiles', 'zod'),
    ),
    only('a room without a row in this table', `^src/(?!(${rooms.join('|')})/)[^/]+/`, '^$'),
    {
      name: 'the service stands by itself',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/adapters/drill-scenarios/' },
      to: { path: '^(simulators|bench|test|scripts|dashboards)/' },
    },
    {
      // Of types alone, too: two files of which none can be read first are one.
      name: 'no circles',
      severity: 'error',
      from: { path: '^(src|simulators|dashboards/console/src)/' },
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: '^node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
