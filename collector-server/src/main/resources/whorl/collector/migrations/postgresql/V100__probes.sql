-- Method probes: which calls agents record, and what they recorded.
CREATE TABLE probes (
  id TEXT COLLATE "C" PRIMARY KEY,
  owner TEXT COLLATE "C" NOT NULL,         -- whose quota counts
  record TEXT NOT NULL,                    -- what was asked for, of whom, by whom, as JSON
  state TEXT COLLATE "C" NOT NULL,         -- prepared, running, stopping, ended
  requested_millis BIGINT NOT NULL,
  ends_millis BIGINT NOT NULL,             -- no report is awaited any more
  ended_millis BIGINT NOT NULL,            -- 0 until it has ended
  why TEXT,                                -- it was ended, or has ended
  call_count BIGINT NOT NULL,
  call_bytes BIGINT NOT NULL,
  calls_dropped BIGINT NOT NULL            -- beyond the limits of a probe
);
CREATE INDEX probes_in_state ON probes (state);
CREATE TABLE probe_agents (
  probe TEXT COLLATE "C" NOT NULL,
  agent TEXT COLLATE "C" NOT NULL,
  origin TEXT COLLATE "C" NOT NULL,        -- whose the agent is
  record TEXT NOT NULL,                    -- service, pod and so on, as JSON
  state TEXT COLLATE "C" NOT NULL,
  reason TEXT,
  call_count BIGINT NOT NULL,
  facts TEXT,                              -- what its reports say beside the calls, as JSON
  PRIMARY KEY (probe, agent)
);
-- The recorded calls of a probe, numbered in the order in which they came.
CREATE TABLE probe_calls (
  probe TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  agent TEXT COLLATE "C" NOT NULL,
  origin TEXT COLLATE "C" NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (probe, number)
);
INSERT INTO limit_locks (name) VALUES ('PROBES');
