import type { Form } from '../postgres/schema.ts';

/** Sorted and compared by its bytes, as in SQLite, whatever the database's language is. */
const KEY = 'text COLLATE "C"';

/**
 * The tables have the names and columns that they have in SQLite, and what they are for stands there (journal-sqlite/schema.ts).
 * Otherwise here: `meta` is `journal_meta`; the spool lies in pieces that go whole (spool-pieces.ts); what SQLite finds within a JSON
 * text when it is asked stands in columns, because PostgreSQL reads no JSON that has a NUL in it: `alarm.overlay` and `brief`,
 * `event.hidden`, `response.own`, `response_event.message`.
 */
export const JOURNAL_FORM: Form = {
  name: 'journal',
  migrations: [
    `
    CREATE TABLE journal_meta (
      only_row int PRIMARY KEY CHECK (only_row = 1),
      epoch text NOT NULL,
      clean int NOT NULL,
      stopped_at float8,
      last_turn bigint NOT NULL,
      last_at float8,
      last_seq bigint NOT NULL,
      memories_kept_up_to bigint NOT NULL,
      drain_cursor bigint NOT NULL,
      waiting_turns bigint NOT NULL,
      waiting_bytes bigint NOT NULL,
      quarantine_rows bigint NOT NULL,
      quarantine_bytes bigint NOT NULL,
      quarantine_dropped bigint NOT NULL,
      device_event_rows bigint NOT NULL,
      device_events_dropped bigint NOT NULL
    ) WITH (fillfactor = 20);

    -- Nothing is in it but what is in its pieces. Bodies are read once and go: to press them would cost more than to write them.
    CREATE TABLE spool (turn bigint NOT NULL, at float8 NOT NULL, body text NOT NULL);
    ALTER TABLE spool ALTER body SET STORAGE EXTERNAL;

    CREATE TABLE event (
      seq bigint PRIMARY KEY,
      alarm_id ${KEY} NOT NULL,
      revision bigint NOT NULL,
      at float8 NOT NULL,
      kind ${KEY} NOT NULL,
      event text NOT NULL,
      alarm_after text NOT NULL,
      hidden int NOT NULL,
      UNIQUE (alarm_id, revision)
    );
    CREATE INDEX event_of_time ON event (at, seq, kind, alarm_id);

    CREATE TABLE alarm (
      id ${KEY} PRIMARY KEY,
      raised_at float8 NOT NULL,
      open int NOT NULL,
      unacked int NOT NULL,
      level int NOT NULL,
      lifeline ${KEY} NOT NULL,
      area ${KEY} NOT NULL,
      point ${KEY} NOT NULL,
      json text NOT NULL,
      overlay ${KEY} NOT NULL,
      brief text NOT NULL
    ) WITH (fillfactor = 70);
    CREATE INDEX alarm_newest ON alarm (raised_at, id);
    CREATE INDEX alarm_open_newest ON alarm (raised_at, id) WHERE open = 1;
    CREATE INDEX alarm_of_point ON alarm (point, raised_at, id);

    CREATE TABLE quarantine (id bigint PRIMARY KEY, device ${KEY}, json text NOT NULL, bytes bytea NOT NULL);
    CREATE INDEX quarantine_of_device ON quarantine (device, id);

    CREATE TABLE memory (point ${KEY} PRIMARY KEY, turn bigint NOT NULL, json text NOT NULL) WITH (fillfactor = 70);

    CREATE TABLE area (code ${KEY} PRIMARY KEY, json text NOT NULL);
    CREATE TABLE asset (code ${KEY} PRIMARY KEY, json text NOT NULL);
    CREATE TABLE point (code ${KEY} PRIMARY KEY, json text NOT NULL);
    CREATE TABLE model (code ${KEY} PRIMARY KEY, json text NOT NULL);
    CREATE TABLE device (code ${KEY} PRIMARY KEY, json text NOT NULL);
    CREATE TABLE work (code ${KEY} PRIMARY KEY, json text NOT NULL);
    CREATE TABLE quality (code ${KEY} PRIMARY KEY, json text NOT NULL);
    CREATE TABLE fault (code ${KEY} PRIMARY KEY, json text NOT NULL);

    CREATE TABLE answer (command_id ${KEY} PRIMARY KEY, at float8 NOT NULL, json text NOT NULL);
    CREATE INDEX answer_at ON answer (at);

    CREATE TABLE status (device ${KEY} PRIMARY KEY, json text NOT NULL);

    CREATE TABLE device_event (id bigint PRIMARY KEY, device ${KEY} NOT NULL, json text NOT NULL);
    CREATE INDEX device_event_of_device ON device_event (device, id);

    CREATE TABLE rule_draft (id ${KEY} PRIMARY KEY, made bigint NOT NULL, json text NOT NULL);
    CREATE TABLE rule_version (rule ${KEY}, version bigint, json text NOT NULL, PRIMARY KEY (rule, version));

    CREATE TABLE loss (
      id bigint PRIMARY KEY,
      key ${KEY} NOT NULL UNIQUE,
      at float8 NOT NULL,
      until float8 NOT NULL,
      n bigint NOT NULL,
      json text NOT NULL
    );
    CREATE INDEX loss_newest ON loss (at, id);

    CREATE TABLE listened (only_row int PRIMARY KEY CHECK (only_row = 1), json text NOT NULL);
    CREATE TABLE clock_moves (only_row int PRIMARY KEY CHECK (only_row = 1), json text NOT NULL);
    CREATE TABLE probe (only_row int PRIMARY KEY CHECK (only_row = 1), turn bigint NOT NULL, json text NOT NULL);

    CREATE TABLE told (code ${KEY} PRIMARY KEY, alarm ${KEY}, needed int NOT NULL, json text NOT NULL);
    CREATE INDEX told_of_alarm ON told (alarm, code) WHERE alarm IS NOT NULL;
    CREATE INDEX told_needed ON told (code) WHERE needed = 1;

    CREATE TABLE response_event (
      seq bigint PRIMARY KEY,
      kind ${KEY} NOT NULL,
      id ${KEY} NOT NULL,
      revision bigint NOT NULL,
      at float8 NOT NULL,
      change ${KEY} NOT NULL,
      event text NOT NULL,
      after text NOT NULL,
      message ${KEY},
      UNIQUE (id, revision)
    );
    CREATE INDEX response_event_of_time ON response_event (at, seq);
    CREATE INDEX response_event_message ON response_event (seq) WHERE message IS NOT NULL;
    CREATE TABLE response (
      id ${KEY} PRIMARY KEY,
      kind ${KEY} NOT NULL,
      made bigint NOT NULL,
      open int NOT NULL,
      state ${KEY} NOT NULL,
      level int NOT NULL,
      lifeline ${KEY} NOT NULL,
      area ${KEY} NOT NULL,
      unit ${KEY},
      json text NOT NULL,
      own int NOT NULL
    );
    CREATE INDEX response_newest ON response (kind, made);
    CREATE INDEX response_open_newest ON response (kind, made) WHERE open = 1;
    CREATE INDEX response_of_unit ON response (kind, unit, made);
    CREATE TABLE response_alarm (alarm ${KEY}, kind ${KEY}, made bigint, PRIMARY KEY (alarm, kind, made));
    CREATE TABLE filed (code ${KEY} PRIMARY KEY, json text NOT NULL);

    CREATE TABLE device_command (id ${KEY} PRIMARY KEY, device ${KEY} NOT NULL, open int NOT NULL, json text NOT NULL);
    CREATE INDEX device_command_of_device ON device_command (device, id);
    CREATE INDEX device_command_open ON device_command (id) WHERE open = 1;

    CREATE TABLE exchange (code ${KEY} PRIMARY KEY, needed int NOT NULL, json text NOT NULL);
    CREATE INDEX exchange_needed ON exchange (code) WHERE needed = 1;

    CREATE TABLE drilled_event (
      seq bigint PRIMARY KEY,
      drill ${KEY} NOT NULL,
      kind ${KEY} NOT NULL,
      id ${KEY} NOT NULL,
      revision bigint NOT NULL,
      event text NOT NULL,
      after text NOT NULL,
      UNIQUE (id, revision)
    );
    CREATE INDEX drilled_event_of_drill ON drilled_event (drill, seq);
    CREATE TABLE drilled (
      id ${KEY} PRIMARY KEY,
      drill ${KEY} NOT NULL,
      kind ${KEY} NOT NULL,
      made bigint NOT NULL,
      running int NOT NULL,
      json text NOT NULL
    );
    CREATE INDEX drilled_of_drill ON drilled (drill, kind, made);
    CREATE INDEX drilled_newest ON drilled (made) WHERE kind = 'drill';
    CREATE INDEX drilled_running ON drilled (drill) WHERE running = 1;
    `,
    `
    CREATE TABLE citizen (
      id ${KEY} PRIMARY KEY,
      key ${KEY} NOT NULL,
      state ${KEY} NOT NULL,
      lifeline ${KEY},
      area ${KEY} NOT NULL,
      made_order ${KEY},
      incident ${KEY},
      over_at float8,
      erased int NOT NULL,
      json text NOT NULL
    );
    CREATE INDEX citizen_of_key ON citizen (key);
    CREATE INDEX citizen_of_order ON citizen (made_order) WHERE made_order IS NOT NULL;
    CREATE INDEX citizen_of_incident ON citizen (incident) WHERE incident IS NOT NULL;
    CREATE INDEX citizen_open ON citizen (id) WHERE over_at IS NULL;
    CREATE INDEX citizen_to_erase ON citizen (over_at) WHERE erased = 0;
    -- Not sealed, as they are in SQLite: a row that is gone stays in its page until vacuum comes, whatever it holds.
    CREATE TABLE citizen_words (id ${KEY} PRIMARY KEY, json text NOT NULL);
    `,
  ],
};
