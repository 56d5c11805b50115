package whorl.agent.ship;

import whorl.agent.config.AgentConfig;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/**
 * Where a {@link DirectUpload} goes and as what.
 *
 * @param collector with a URL
 */
public record DirectTarget(
    AgentConfig.Collector collector,
    Id agent,
    Id capture,
    Id evidence,
    ArtifactName name,
    String mediaType) {}
