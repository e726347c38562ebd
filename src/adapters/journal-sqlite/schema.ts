/** Marks the file as ours (`PRAGMA application_id`): "LLJ1". */
export const APPLICATION_ID = 0x4c4c4a31;

/**
 * How the file came to look as it does, oldest first; `PRAGMA user_version` counts those that were applied.
 * Never edit one that has been released: add another.
 *
 * Instants are REAL, not INTEGER: SQLite keeps whole ones as integers anyway, and a clock that gives a
 * fraction must not stop the journal (a STRICT INTEGER column refuses 0.5). For the same reason nothing
 * that a device chooses stands in a column with a rule: it lies in the row's JSON text.
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- One row: what is true of the whole journal as of the last commit.
  CREATE TABLE meta (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    epoch TEXT NOT NULL,
    clean INTEGER NOT NULL,
    stopped_at REAL,
    last_turn INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    memories_kept_up_to INTEGER NOT NULL,
    drain_cursor INTEGER NOT NULL,
    waiting_turns INTEGER NOT NULL,
    waiting_bytes INTEGER NOT NULL,
    quarantine_rows INTEGER NOT NULL,
    quarantine_bytes INTEGER NOT NULL,
    quarantine_dropped INTEGER NOT NULL,
    device_event_rows INTEGER NOT NULL,
    device_events_dropped INTEGER NOT NULL
  ) STRICT;

  -- Readings and frames on their way to the history store; see wire/spool.ts for the text.
  CREATE TABLE spool (turn INTEGER PRIMARY KEY, at REAL NOT NULL, body TEXT NOT NULL) STRICT;

  -- What happened to alarms, for ever.
  CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    alarm_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    event TEXT NOT NULL,
    alarm_after TEXT NOT NULL,
    UNIQUE (alarm_id, revision)
  ) STRICT;

  -- Each alarm as of its last event, with what lists filter and sort by.
  CREATE TABLE alarm (
    id TEXT PRIMARY KEY,
    raised_at REAL NOT NULL,
    open INTEGER NOT NULL,
    unacked INTEGER NOT NULL,
    level INTEGER NOT NULL,
    lifeline TEXT NOT NULL,
    area TEXT NOT NULL,
    point TEXT NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  -- Both orders of a list, with every filter column: a list walks the index and touches only rows it shows.
  CREATE INDEX alarm_newest ON alarm (raised_at, id, open, level, lifeline, area, point);
  CREATE INDEX alarm_open_newest ON alarm (raised_at, id, unacked, level, lifeline, area, point) WHERE open = 1;
  CREATE INDEX alarm_of_point ON alarm (point, raised_at, id);

  -- Packets set aside, as they came; bounded, the oldest go first and are counted in meta.
  CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    device TEXT,
    json TEXT NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE INDEX quarantine_of_device ON quarantine (device, id);

  CREATE TABLE memory (point TEXT PRIMARY KEY, turn INTEGER NOT NULL, json TEXT NOT NULL) STRICT;

  CREATE TABLE area (code TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
  CREATE TABLE asset (code TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
  CREATE TABLE point (code TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
  CREATE TABLE device (code TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;

  CREATE TABLE answer (command_id TEXT PRIMARY KEY, at REAL NOT NULL, json TEXT NOT NULL) STRICT;
  CREATE INDEX answer_at ON answer (at);

  CREATE TABLE status (device TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;

  -- What devices themselves alarm on; bounded like quarantine.
  CREATE TABLE device_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    device TEXT NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX device_event_of_device ON device_event (device, id);
  `,
  `
  -- Changes of rules on their way, each as of the last thing that happened to it.
  CREATE TABLE rule_draft (id TEXT PRIMARY KEY, made INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
  -- What rules have been, for ever: one row for each time that one came into force.
  CREATE TABLE rule_version (
    rule TEXT NOT NULL,
    version INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (rule, version)
  ) STRICT;
  `,
  `
  -- The loss ledger: what had to be given up. Bounded, the oldest entries go first.
  CREATE TABLE loss (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    at REAL NOT NULL,
    until REAL NOT NULL,
    n INTEGER NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX loss_newest ON loss (at, id);
  `,
  `
  -- What happened in a period, for counting: everything that decides whether a row is wanted is in the index.
  CREATE INDEX event_of_time ON event (at, seq, kind, alarm_id);
  `,
  `
  -- Authorised works 作业窗口, for ever: who allowed what to be hidden.
  CREATE TABLE work (code TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
  `,
  `
  -- How well devices measure, and what is or was wrong with them: the last of each kind.
  CREATE TABLE quality (code TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
  CREATE TABLE fault (code TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
  `,
  `
  -- Rule memories share rows of numbers. Nothing to change here, older-memories.ts reads what is from before; but a
  -- program from before would misread what is written from now on, and must refuse this file.
  `,
  `
  -- Our clock as of the last commit: the next start goes on from here, whatever the machine's clock says by then.
  ALTER TABLE meta ADD COLUMN last_at REAL;
  UPDATE meta SET last_at = (
    SELECT max(at) FROM (
      SELECT stopped_at AS at FROM meta
      UNION ALL SELECT * FROM (SELECT at FROM spool ORDER BY turn DESC LIMIT 1)
      UNION ALL SELECT * FROM (SELECT at FROM event ORDER BY seq DESC LIMIT 1)
    )
  );
  `,
  `
  -- Windows in rule memories weigh their readings by time. As before: an older program must refuse this file.
  -- And when the service has listened: one row, a bounded list.
  CREATE TABLE listened (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), json TEXT NOT NULL) STRICT;
  `,
  `
  -- A series knows what was said of its last instants, and no longer where nothing was. Nothing to change here,
  -- older-memories.ts reads what is from before; a program from before must refuse what is written from now on.
  `,
  `
  -- What the probe's alarm did last: one row, so that the self-check lets nothing grow.
  CREATE TABLE probe (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), turn INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
  `,
  `
  -- Models 型号 of devices: what holds of each of them, such as its codes for a fault.
  CREATE TABLE model (code TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
  `,
  `
  -- When our clock was set while nothing ran: one row, a list as long as alarms from before are open. Windows in rule memories
  -- go on in their parts after it: a program from before would count them otherwise, and must refuse this file.
  CREATE TABLE clock_moves (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), json TEXT NOT NULL) STRICT;
  `,
  `
  -- Who is told of what: units, people, rosters, channels, policies, and the notices themselves, each as of the last thing that
  -- happened to it. Those of alarms stay in their story for ever; a start reads what is still needed.
  CREATE TABLE told (code TEXT PRIMARY KEY, alarm TEXT, needed INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
  CREATE INDEX told_of_alarm ON told (alarm, code) WHERE alarm IS NOT NULL;
  CREATE INDEX told_needed ON told (code) WHERE needed = 1;
  `,
  `
  -- What happened to orders, warnings and incidents, in one sequence with what happened to alarms, for ever.
  CREATE TABLE response_event (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    at REAL NOT NULL,
    change TEXT NOT NULL,
    event TEXT NOT NULL,
    after TEXT NOT NULL,
    UNIQUE (id, revision)
  ) STRICT;
  -- Each of them as of its last event, with what lists filter by; made: seq of its first event.
  CREATE TABLE response (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    made INTEGER NOT NULL,
    open INTEGER NOT NULL,
    state TEXT NOT NULL,
    level INTEGER NOT NULL,
    lifeline TEXT NOT NULL,
    area TEXT NOT NULL,
    unit TEXT,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX response_newest ON response (kind, made, open, state, level, lifeline, area, unit);
  CREATE INDEX response_open_newest ON response (kind, made, state, level, lifeline, area, unit) WHERE open = 1;
  CREATE INDEX response_of_unit ON response (kind, unit, made);
  -- What is kept beside them: policies of clocks, each as it last was.
  CREATE TABLE filed (code TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
  `,
  `
  -- The parts of a window are joined as they are asked for. Nothing to change here, older-memories.ts reads what is from before;
  -- a program from before would miss them, and must refuse what is written from now on.
  `,
  `
  -- What a series was told stands in rows, as do the readings that may be judged again. Nothing to change here, as before.
  `,
  `
  -- Which alarms each order, warning and incident is about, or has been: the file of an alarm shows all that followed it.
  CREATE TABLE response_alarm (
    alarm TEXT NOT NULL,
    kind TEXT NOT NULL,
    made INTEGER NOT NULL,
    PRIMARY KEY (alarm, kind, made)
  ) STRICT, WITHOUT ROWID;
  INSERT OR IGNORE INTO response_alarm
    SELECT a.value, r.kind, r.made FROM response r, json_each(r.json, '$.alarms') a WHERE r.kind = 'order';
  INSERT OR IGNORE INTO response_alarm
    SELECT a.value, r.kind, r.made FROM response r, json_each(r.json, '$.basis.alarms') a WHERE r.kind = 'warning';
  INSERT OR IGNORE INTO response_alarm
    SELECT json_extract(m.value, '$.alarm'), r.kind, r.made FROM response r, json_each(r.json, '$.members') m
    WHERE r.kind = 'incident';
  `,
  `
  -- An asset may be a line or an area, and has attributes. Nothing to change here: a program from before would write them away,
  -- and must refuse what is written from now on.
  `,
  `
  -- Hand-overs and reports stand among the responses. Nothing to change here: a program from before would take them for incidents,
  -- and must refuse what is written from now on. Where a period begins is found by its instant.
  CREATE INDEX response_event_of_time ON response_event (at, seq);
  `,
  `
  -- What devices were told to do, each as of the last thing that happened to it; ids sort by time.
  CREATE TABLE device_command (
    id TEXT PRIMARY KEY,
    device TEXT NOT NULL,
    open INTEGER NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX device_command_of_device ON device_command (device, id);
  CREATE INDEX device_command_open ON device_command (id) WHERE open = 1;
  `,
  `
  -- What goes up to platforms above under its number, what they answered, and what was taken from platforms below; those that a
  -- start does not need are looked up by the beginning of their key.
  CREATE TABLE exchange (code TEXT PRIMARY KEY, needed INTEGER NOT NULL, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX exchange_needed ON exchange (code) WHERE needed = 1;
  `,
  `
  -- What happens in drills 演练, in the one sequence and apart from all tables of what is real: no list or count meets it.
  CREATE TABLE drilled_event (
    seq INTEGER PRIMARY KEY,
    drill TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    event TEXT NOT NULL,
    after TEXT NOT NULL,
    UNIQUE (id, revision)
  ) STRICT;
  CREATE INDEX drilled_event_of_drill ON drilled_event (drill, seq);
  -- Each of its things as of its last event; made: seq of its first; running: it is a drill, and runs.
  CREATE TABLE drilled (
    id TEXT PRIMARY KEY,
    drill TEXT NOT NULL,
    kind TEXT NOT NULL,
    made INTEGER NOT NULL,
    running INTEGER NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX drilled_of_drill ON drilled (drill, kind, made);
  CREATE INDEX drilled_newest ON drilled (made) WHERE kind = 'drill';
  CREATE INDEX drilled_running ON drilled (drill) WHERE running = 1;
  `,
  `
  -- 市民诉求: reports of citizens, each as it now is, with what lists filter by; ids sort by time.
  CREATE TABLE citizen (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    lifeline TEXT,
    area TEXT NOT NULL,
    made_order TEXT,
    incident TEXT,
    over_at REAL,
    erased INTEGER NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX citizen_of_key ON citizen (key);
  CREATE INDEX citizen_of_order ON citizen (made_order) WHERE made_order IS NOT NULL;
  CREATE INDEX citizen_of_incident ON citizen (incident) WHERE incident IS NOT NULL;
  CREATE INDEX citizen_open ON citizen (id) WHERE over_at IS NULL;
  CREATE INDEX citizen_to_erase ON citizen (over_at) WHERE erased = 0;
  -- What they said and who they are, in no other place of the file, sealed each under a key of its own: see sealed-words.ts.
  CREATE TABLE citizen_words (id TEXT PRIMARY KEY, slot INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;
  -- Rows are added at the end and all of one size, so that none is ever moved: erasing one writes zeros where it stands.
  CREATE TABLE citizen_key (slot INTEGER PRIMARY KEY, key BLOB NOT NULL) STRICT;
  `,
];
