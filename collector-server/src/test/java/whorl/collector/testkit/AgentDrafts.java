package whorl.collector.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.ship.spool.Draft;
import whorl.evidence.AgentIdentity;
import whorl.evidence.ArtifactName;
import whorl.evidence.ChainHead;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Manifest;
import whorl.evidence.SigningKey;
import whorl.evidence.Statement;

/** Writes and seals evidence in a real agent's spool, as a capture does. */
public final class AgentDrafts {
  private AgentDrafts() {}

  /** Writes one artifact. */
  public static void put(Draft draft, String name, byte[] content) throws IOException {
    try (OutputStream out = draft.create(new ArtifactName(name), "application/octet-stream")) {
      out.write(content);
    }
  }

  /**
   * Writes the manifest and its signature, and commits.
   *
   * @param recipient to whom the artifacts are encrypted; null if they are not
   * @param position in the agent's chain; null for an agent without one
   */
  public static void seal(
      Draft draft,
      Id evidence,
      Id capture,
      AgentIdentity agent,
      SigningKey key,
      @Nullable String recipient,
      @Nullable ChainHead position)
      throws IOException {
    Manifest manifest =
        new Manifest(
            Manifest.VERSION,
            evidence,
            capture,
            agent,
            null,
            "asked for",
            Instant.now(),
            Instant.now(),
            key.publicKey(),
            draft.artifacts(),
            List.of(),
            Map.of(),
            null,
            recipient,
            null,
            position);
    byte[] manifestJson = Json.bytes(manifest);
    put(draft, ArtifactName.MANIFEST.value(), manifestJson);
    byte[] statement = Json.bytes(Statement.of(manifest, Digest.of(manifestJson)));
    put(draft, ArtifactName.ENVELOPE.value(), Json.bytes(key.sign(statement)));
    draft.commit();
  }
}
