-- Questions to many agents at once, and what each answered.
CREATE TABLE hunts (
  id TEXT COLLATE "C" PRIMARY KEY,
  owner TEXT COLLATE "C" NOT NULL,         -- whose quota counts
  record TEXT NOT NULL,                    -- the question, for whom, by whom, as JSON
  state TEXT COLLATE "C" NOT NULL,         -- running, ended, cancelled
  requested_millis BIGINT NOT NULL,
  expires_millis BIGINT NOT NULL,          -- agents that connect until then are asked too
  ends_millis BIGINT NOT NULL,             -- no answer is awaited any more
  ended_millis BIGINT NOT NULL,            -- 0 while it is running
  row_count BIGINT NOT NULL,
  row_bytes BIGINT NOT NULL,
  rows_dropped BIGINT NOT NULL             -- beyond the limits of a hunt
);
CREATE INDEX hunts_in_state ON hunts (state);
CREATE TABLE hunt_agents (
  hunt TEXT COLLATE "C" NOT NULL,
  agent TEXT COLLATE "C" NOT NULL,
  origin TEXT COLLATE "C" NOT NULL,        -- whose the agent is
  record TEXT NOT NULL,                    -- service, pod and so on, as JSON
  state TEXT COLLATE "C" NOT NULL,
  reason TEXT,
  asked_millis BIGINT NOT NULL,            -- 0 if it was not asked
  answered_millis BIGINT NOT NULL,         -- 0 if it has not answered
  row_count BIGINT NOT NULL,
  answer TEXT,                             -- all of the answer but its rows, as JSON
  PRIMARY KEY (hunt, agent)
);
-- The rows of a hunt, numbered in the order in which they came.
CREATE TABLE hunt_rows (
  hunt TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  agent TEXT COLLATE "C" NOT NULL,
  origin TEXT COLLATE "C" NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (hunt, number)
);
-- Captures that were asked for from a hunt's result, for a case.
CREATE TABLE hunt_captures (
  capture TEXT COLLATE "C" PRIMARY KEY,
  hunt TEXT COLLATE "C" NOT NULL,
  of_case TEXT COLLATE "C" NOT NULL,
  actor TEXT NOT NULL,
  asked_millis BIGINT NOT NULL
);
INSERT INTO limit_locks (name) VALUES ('HUNTS');
