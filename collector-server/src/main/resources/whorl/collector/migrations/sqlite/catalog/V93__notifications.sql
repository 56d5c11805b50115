-- Messages of notifications that wait to be delivered (state 0) or were given up (state 1).
CREATE TABLE notify_messages (
  id TEXT PRIMARY KEY,
  notification TEXT NOT NULL,
  group_key TEXT NOT NULL,
  content TEXT NOT NULL,                -- JSON
  events INTEGER NOT NULL,              -- how many events it stands for
  bytes INTEGER NOT NULL,
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  holder TEXT,                          -- the collector that delivers it
  until_millis INTEGER NOT NULL,        -- for how long
  due_millis INTEGER NOT NULL,
  added_millis INTEGER NOT NULL,
  problem TEXT
);
CREATE INDEX notify_messages_due ON notify_messages (state, notification, due_millis);
CREATE INDEX notify_messages_of_group ON notify_messages (notification, group_key);

-- When the next message of a group may go out.
CREATE TABLE notify_groups (
  notification TEXT NOT NULL,
  group_key TEXT NOT NULL,
  next_millis INTEGER NOT NULL,
  PRIMARY KEY (notification, group_key)
);

-- Events that are in a message already, so that an event that is reported again makes no other.
CREATE TABLE notify_events (
  notification TEXT NOT NULL,
  event TEXT NOT NULL,
  at_millis INTEGER NOT NULL,
  PRIMARY KEY (notification, event)
);
CREATE INDEX notify_events_at ON notify_events (at_millis);

-- What became of a notification's messages, at all collectors.
CREATE TABLE notify_status (
  notification TEXT PRIMARY KEY,
  delivered INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  dropped INTEGER NOT NULL,
  success_millis INTEGER NOT NULL,      -- 0 if never
  failure_millis INTEGER NOT NULL,      -- 0 if never
  problem TEXT,
  journal INTEGER NOT NULL              -- the last arrival of the journal that was delivered; -1 for none
);
