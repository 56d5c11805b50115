-- What JVMs are made of. An inventory is named by the digest of its entries, so replicas share one.
CREATE TABLE library_inventories (
  id TEXT PRIMARY KEY,
  entries INTEGER NOT NULL,
  used_millis INTEGER NOT NULL              -- when an agent last said that it has it
);
CREATE TABLE libraries (
  inventory TEXT NOT NULL,
  position INTEGER NOT NULL,
  group_id TEXT,
  name TEXT NOT NULL,
  version TEXT,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,        -- what says name and version
  path TEXT NOT NULL,
  sha256 TEXT,
  size INTEGER NOT NULL,
  java_agent INTEGER NOT NULL,              -- 1 if it is or can be a Java agent
  problem TEXT,
  PRIMARY KEY (inventory, position)
);
CREATE INDEX libraries_of_name ON libraries (name, inventory);
CREATE INDEX libraries_of_group ON libraries (group_id, inventory);
CREATE INDEX libraries_of_sha256 ON libraries (sha256, inventory);
-- The inventory that each agent has now.
CREATE TABLE agent_libraries (
  agent TEXT PRIMARY KEY,
  inventory TEXT NOT NULL,
  loaded TEXT NOT NULL,        -- a digit for each library: the loader of a class, 0 for none
  problem TEXT,                -- why the inventory is not complete; null if it is
  service TEXT NOT NULL,
  namespace TEXT,
  pod TEXT,
  host TEXT,
  first_millis INTEGER NOT NULL,            -- when the agent first said that it has this inventory
  last_millis INTEGER NOT NULL
);
CREATE INDEX agent_libraries_of_inventory ON agent_libraries (inventory, agent);
