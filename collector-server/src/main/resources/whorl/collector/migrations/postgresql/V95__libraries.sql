-- What JVMs are made of. An inventory is named by the digest of its entries, so replicas share one.
CREATE TABLE library_inventories (
  id TEXT COLLATE "C" PRIMARY KEY,
  entries BIGINT NOT NULL,
  used_millis BIGINT NOT NULL              -- when an agent last said that it has it
);
CREATE TABLE libraries (
  inventory TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  group_id TEXT COLLATE "C",
  name TEXT COLLATE "C" NOT NULL,
  version TEXT COLLATE "C",
  kind TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,        -- what says name and version
  path TEXT COLLATE "C" NOT NULL,
  sha256 TEXT COLLATE "C",
  size BIGINT NOT NULL,
  java_agent BIGINT NOT NULL,              -- 1 if it is or can be a Java agent
  problem TEXT COLLATE "C",
  PRIMARY KEY (inventory, position)
);
CREATE INDEX libraries_of_name ON libraries (name, inventory);
CREATE INDEX libraries_of_group ON libraries (group_id, inventory);
CREATE INDEX libraries_of_sha256 ON libraries (sha256, inventory);
-- The inventory that each agent has now.
CREATE TABLE agent_libraries (
  agent TEXT COLLATE "C" PRIMARY KEY,
  inventory TEXT COLLATE "C" NOT NULL,
  loaded TEXT COLLATE "C" NOT NULL,        -- a digit for each library: the loader of a class, 0 for none
  problem TEXT COLLATE "C",                -- why the inventory is not complete; null if it is
  service TEXT COLLATE "C" NOT NULL,
  namespace TEXT COLLATE "C",
  pod TEXT COLLATE "C",
  host TEXT COLLATE "C",
  first_millis BIGINT NOT NULL,            -- when the agent first said that it has this inventory
  last_millis BIGINT NOT NULL
);
CREATE INDEX agent_libraries_of_inventory ON agent_libraries (inventory, agent);
