-- Alerts in groups, with what people decided about them. Rows are made with each alert; those of
-- alerts that earlier versions wrote are made after the start.

CREATE TABLE alert_groups (
  id TEXT COLLATE "C" PRIMARY KEY,
  last_seq BIGINT NOT NULL,
  -- whose it is, as JSON: agent, service, namespace
  whose TEXT COLLATE "C" NOT NULL,
  agent TEXT COLLATE "C",
  service TEXT COLLATE "C",
  namespace TEXT COLLATE "C",
  pod TEXT COLLATE "C",
  source TEXT COLLATE "C" NOT NULL,
  -- of its gravest alert, 1 (informational) to 5 (critical)
  level SMALLINT NOT NULL,
  title TEXT COLLATE "C" NOT NULL,
  -- the rules that matched, as JSON
  titles TEXT COLLATE "C" NOT NULL,
  alerts BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  request TEXT COLLATE "C",
  capture TEXT COLLATE "C",
  evidence TEXT COLLATE "C",
  state TEXT COLLATE "C" NOT NULL,
  assignee TEXT COLLATE "C",
  -- counts what people changed
  version BIGINT NOT NULL,
  -- 0: every alert of it is muted
  shown SMALLINT NOT NULL,
  origin TEXT COLLATE "C"
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
  seq BIGINT PRIMARY KEY,
  id TEXT COLLATE "C" NOT NULL UNIQUE,
  group_id TEXT COLLATE "C" NOT NULL,
  agent TEXT COLLATE "C",
  at BIGINT NOT NULL,
  rule TEXT COLLATE "C" NOT NULL,
  service TEXT COLLATE "C",
  namespace TEXT COLLATE "C",
  level SMALLINT NOT NULL,
  capture TEXT COLLATE "C",
  request TEXT COLLATE "C",
  client TEXT COLLATE "C",
  -- equal for repetitions of one alert from outside
  repeats TEXT COLLATE "C",
  evidence TEXT COLLATE "C",
  state TEXT COLLATE "C" NOT NULL,
  assignee TEXT COLLATE "C",
  version BIGINT NOT NULL,
  mute TEXT COLLATE "C",
  -- what a search by words looks at, in lower case
  words TEXT COLLATE "C" NOT NULL
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
  id TEXT COLLATE "C" PRIMARY KEY,
  group_id TEXT COLLATE "C" NOT NULL,
  alert TEXT COLLATE "C",
  at BIGINT NOT NULL,
  who TEXT COLLATE "C" NOT NULL,
  act TEXT COLLATE "C" NOT NULL,
  text TEXT COLLATE "C" NOT NULL
);
CREATE INDEX alert_acts_of_group ON alert_acts (group_id, id);
