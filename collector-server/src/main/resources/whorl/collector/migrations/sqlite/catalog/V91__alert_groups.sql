-- Alerts in groups, with what people decided about them. Rows are made with each alert; those of
-- alerts that earlier versions wrote are made after the start.

CREATE TABLE alert_groups (
  id TEXT PRIMARY KEY,
  last_seq INTEGER NOT NULL,
  -- whose it is, as JSON: agent, service, namespace
  whose TEXT NOT NULL,
  agent TEXT,
  service TEXT,
  namespace TEXT,
  pod TEXT,
  source TEXT NOT NULL,
  -- of its gravest alert, 1 (informational) to 5 (critical)
  level INTEGER NOT NULL,
  title TEXT NOT NULL,
  -- the rules that matched, as JSON
  titles TEXT NOT NULL,
  alerts INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  request TEXT,
  capture TEXT,
  evidence TEXT,
  state TEXT NOT NULL,
  assignee TEXT,
  -- counts what people changed
  version INTEGER NOT NULL,
  -- 0: every alert of it is muted
  shown INTEGER NOT NULL,
  origin TEXT
);
CREATE INDEX alert_groups_newest ON alert_groups (last_seq DESC);
-- Queries name the states as these do, so that the newest in a state are read in order.
CREATE INDEX alert_groups_unfinished ON alert_groups (last_seq DESC)
  WHERE state IN ('open', 'acknowledged');
CREATE INDEX alert_groups_open ON alert_groups (last_seq DESC) WHERE state = 'open';
CREATE INDEX alert_groups_acknowledged ON alert_groups (last_seq DESC)
  WHERE state = 'acknowledged';
CREATE INDEX alert_groups_resolved ON alert_groups (last_seq DESC) WHERE state = 'resolved';
CREATE INDEX alert_groups_false_positive ON alert_groups (last_seq DESC)
  WHERE state = 'false-positive';
CREATE INDEX alert_groups_of_service ON alert_groups (service, last_seq DESC);
CREATE INDEX alert_groups_of_level ON alert_groups (level, last_seq DESC);
CREATE INDEX alert_groups_of_assignee ON alert_groups (assignee, last_seq DESC);
CREATE INDEX alert_groups_of_origin ON alert_groups (origin, last_seq DESC);
CREATE INDEX alert_groups_muted ON alert_groups (last_seq DESC) WHERE shown = 0;
CREATE INDEX alert_groups_of_evidence ON alert_groups (evidence) WHERE evidence IS NOT NULL;

CREATE TABLE alert_triage (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  group_id TEXT NOT NULL,
  agent TEXT,
  at INTEGER NOT NULL,
  rule TEXT NOT NULL,
  service TEXT,
  namespace TEXT,
  level INTEGER NOT NULL,
  capture TEXT,
  request TEXT,
  client TEXT,
  -- equal for repetitions of one alert from outside
  repeats TEXT,
  evidence TEXT,
  state TEXT NOT NULL,
  assignee TEXT,
  version INTEGER NOT NULL,
  mute TEXT,
  -- what a search by words looks at, in lower case
  words TEXT NOT NULL
);
CREATE INDEX alert_triage_of_group ON alert_triage (group_id, seq);
CREATE INDEX alert_triage_of_agent ON alert_triage (agent, at);
CREATE INDEX alert_triage_of_rule ON alert_triage (rule, seq DESC);
CREATE INDEX alert_triage_of_capture ON alert_triage (capture) WHERE capture IS NOT NULL;
CREATE INDEX alert_triage_repeats ON alert_triage (repeats, seq) WHERE repeats IS NOT NULL;
CREATE INDEX alert_triage_of_evidence ON alert_triage (evidence) WHERE evidence IS NOT NULL;
CREATE INDEX alert_triage_of_mute ON alert_triage (mute) WHERE mute IS NOT NULL;

-- What people did with alerts, and their comments. Ids sort by time.
CREATE TABLE alert_acts (
  id TEXT PRIMARY KEY,
  group_id TEXT NOT NULL,
  alert TEXT,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  act TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX alert_acts_of_group ON alert_acts (group_id, id);
