-- Questions to many agents at once, and what each answered.
CREATE TABLE hunts (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,         -- whose quota counts
  record TEXT NOT NULL,                    -- the question, for whom, by whom, as JSON
  state TEXT NOT NULL,         -- running, ended, cancelled
  requested_millis INTEGER NOT NULL,
  expires_millis INTEGER NOT NULL,          -- agents that connect until then are asked too
  ends_millis INTEGER NOT NULL,             -- no answer is awaited any more
  ended_millis INTEGER NOT NULL,            -- 0 while it is running
  row_count INTEGER NOT NULL,
  row_bytes INTEGER NOT NULL,
  rows_dropped INTEGER NOT NULL             -- beyond the limits of a hunt
);
CREATE INDEX hunts_in_state ON hunts (state);
CREATE TABLE hunt_agents (
  hunt TEXT NOT NULL,
  agent TEXT NOT NULL,
  origin TEXT NOT NULL,        -- whose the agent is
  record TEXT NOT NULL,                    -- service, pod and so on, as JSON
  state TEXT NOT NULL,
  reason TEXT,
  asked_millis INTEGER NOT NULL,            -- 0 if it was not asked
  answered_millis INTEGER NOT NULL,         -- 0 if it has not answered
  row_count INTEGER NOT NULL,
  answer TEXT,                             -- all of the answer but its rows, as JSON
  PRIMARY KEY (hunt, agent)
);
-- The rows of a hunt, numbered in the order in which they came.
CREATE TABLE hunt_rows (
  hunt TEXT NOT NULL,
  number INTEGER NOT NULL,
  agent TEXT NOT NULL,
  origin TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (hunt, number)
);
-- Captures that were asked for from a hunt's result, for a case.
CREATE TABLE hunt_captures (
  capture TEXT PRIMARY KEY,
  hunt TEXT NOT NULL,
  of_case TEXT NOT NULL,
  actor TEXT NOT NULL,
  asked_millis INTEGER NOT NULL
);
INSERT INTO limit_locks (name) VALUES ('HUNTS');
