-- The last link of each agent's chain that the collectors have.
CREATE TABLE agent_chains (
  agent TEXT PRIMARY KEY,
  sequence INTEGER NOT NULL,
  hash TEXT NOT NULL,
  at_millis INTEGER NOT NULL
);
CREATE INDEX agent_chains_age ON agent_chains (at_millis);

-- When an alert about an agent's chain was last raised, by what is wrong.
CREATE TABLE chain_alerts (
  agent TEXT NOT NULL,
  fault TEXT NOT NULL,
  at_millis INTEGER NOT NULL,
  PRIMARY KEY (agent, fault)
);
CREATE INDEX chain_alerts_age ON chain_alerts (at_millis);

-- The link that announced each manifest, as the agent said on its channel.
CREATE TABLE chain_manifests (
  evidence TEXT PRIMARY KEY,
  agent TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  hash TEXT NOT NULL,
  at_millis INTEGER NOT NULL
);
CREATE INDEX chain_manifests_of_agent ON chain_manifests (agent, at_millis);
CREATE INDEX chain_manifests_age ON chain_manifests (at_millis);
