-- Messages of notifications that wait to be delivered (state 0) or were given up (state 1).
CREATE TABLE notify_messages (
  id TEXT COLLATE "C" PRIMARY KEY,
  notification TEXT COLLATE "C" NOT NULL,
  group_key TEXT COLLATE "C" NOT NULL,
  content TEXT COLLATE "C" NOT NULL,                -- JSON
  events BIGINT NOT NULL,              -- how many events it stands for
  bytes BIGINT NOT NULL,
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  holder TEXT COLLATE "C",                          -- the collector that delivers it
  until_millis BIGINT NOT NULL,        -- for how long
  due_millis BIGINT NOT NULL,
  added_millis BIGINT NOT NULL,
  problem TEXT COLLATE "C"
);
CREATE INDEX notify_messages_due ON notify_messages (state, notification, due_millis);
CREATE INDEX notify_messages_of_group ON notify_messages (notification, group_key);

-- When the next message of a group may go out.
CREATE TABLE notify_groups (
  notification TEXT COLLATE "C" NOT NULL,
  group_key TEXT COLLATE "C" NOT NULL,
  next_millis BIGINT NOT NULL,
  PRIMARY KEY (notification, group_key)
);

-- Events that are in a message already, so that an event that is reported again makes no other.
CREATE TABLE notify_events (
  notification TEXT COLLATE "C" NOT NULL,
  event TEXT COLLATE "C" NOT NULL,
  at_millis BIGINT NOT NULL,
  PRIMARY KEY (notification, event)
);
CREATE INDEX notify_events_at ON notify_events (at_millis);

-- What became of a notification's messages, at all collectors.
CREATE TABLE notify_status (
  notification TEXT COLLATE "C" PRIMARY KEY,
  delivered BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  dropped BIGINT NOT NULL,
  success_millis BIGINT NOT NULL,      -- 0 if never
  failure_millis BIGINT NOT NULL,      -- 0 if never
  problem TEXT COLLATE "C",
  journal BIGINT NOT NULL              -- the last arrival of the journal that was delivered; -1 for none
);
