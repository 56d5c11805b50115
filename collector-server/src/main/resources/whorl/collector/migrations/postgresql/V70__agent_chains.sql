-- The last link of each agent's chain that the collectors have.
CREATE TABLE agent_chains (
  agent TEXT COLLATE "C" PRIMARY KEY,
  sequence BIGINT NOT NULL,
  hash TEXT COLLATE "C" NOT NULL,
  at_millis BIGINT NOT NULL
);
CREATE INDEX agent_chains_age ON agent_chains (at_millis);

-- When an alert about an agent's chain was last raised, by what is wrong.
CREATE TABLE chain_alerts (
  agent TEXT COLLATE "C" NOT NULL,
  fault TEXT COLLATE "C" NOT NULL,
  at_millis BIGINT NOT NULL,
  PRIMARY KEY (agent, fault)
);
CREATE INDEX chain_alerts_age ON chain_alerts (at_millis);

-- The link that announced each manifest, as the agent said on its channel.
CREATE TABLE chain_manifests (
  evidence TEXT COLLATE "C" PRIMARY KEY,
  agent TEXT COLLATE "C" NOT NULL,
  sequence BIGINT NOT NULL,
  hash TEXT COLLATE "C" NOT NULL,
  at_millis BIGINT NOT NULL
);
CREATE INDEX chain_manifests_of_agent ON chain_manifests (agent, at_millis);
CREATE INDEX chain_manifests_age ON chain_manifests (at_millis);
