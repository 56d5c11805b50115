-- Method probes: which calls agents record, and what they recorded.
CREATE TABLE probes (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,         -- whose quota counts
  record TEXT NOT NULL,                    -- what was asked for, of whom, by whom, as JSON
  state TEXT NOT NULL,         -- prepared, running, stopping, ended
  requested_millis INTEGER NOT NULL,
  ends_millis INTEGER NOT NULL,             -- no report is awaited any more
  ended_millis INTEGER NOT NULL,            -- 0 until it has ended
  why TEXT,                                -- it was ended, or has ended
  call_count INTEGER NOT NULL,
  call_bytes INTEGER NOT NULL,
  calls_dropped INTEGER NOT NULL            -- beyond the limits of a probe
);
CREATE INDEX probes_in_state ON probes (state);
CREATE TABLE probe_agents (
  probe TEXT NOT NULL,
  agent TEXT NOT NULL,
  origin TEXT NOT NULL,        -- whose the agent is
  record TEXT NOT NULL,                    -- service, pod and so on, as JSON
  state TEXT NOT NULL,
  reason TEXT,
  call_count INTEGER NOT NULL,
  facts TEXT,                              -- what its reports say beside the calls, as JSON
  PRIMARY KEY (probe, agent)
);
-- The recorded calls of a probe, numbered in the order in which they came.
CREATE TABLE probe_calls (
  probe TEXT NOT NULL,
  number INTEGER NOT NULL,
  agent TEXT NOT NULL,
  origin TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (probe, number)
);
INSERT INTO limit_locks (name) VALUES ('PROBES');
