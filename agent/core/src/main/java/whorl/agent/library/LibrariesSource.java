package whorl.agent.library;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;
import whorl.evidence.AgentIdentity;
import whorl.evidence.ArtifactName;
import whorl.evidence.Json;
import whorl.evidence.channel.ArtifactKind;

/**
 * Captures the inventory of libraries in {@code libraries.cdx.json}, as far as it is made. Captured
 * with the classes, so that it needs no word of its own in requests. Reads no jar.
 */
final class LibrariesSource implements ArtifactSource {
  static final ArtifactName NAME = new ArtifactName("libraries.cdx.json");

  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final LibraryInventory inventory;
  private final AgentIdentity agent;
  private final InstantSource clock;

  LibrariesSource(LibraryInventory inventory, AgentIdentity agent, InstantSource clock) {
    this.inventory = inventory;
    this.agent = agent;
    this.clock = clock;
  }

  @Override
  public String kind() {
    return ArtifactKind.CLASSES;
  }

  /** After the alert, as the classes: libraries do not vanish. */
  @Override
  public Moment moment(CaptureContext context) {
    return Moment.AFTER;
  }

  @Override
  public Duration deadline() {
    return DEADLINE;
  }

  @Override
  public void collect(CaptureContext context, ArtifactOutput out) throws IOException {
    Inventory now = inventory.snapshot();
    try (JsonGenerator json =
        out.create(
            NAME, "application/json", stream -> Json.MAPPER.getFactory().createGenerator(stream))) {
      new CycloneDx(json).write(now, agent.service(), agent.agentVersion(), clock.instant());
    }
    out.log(
        NAME
            + ": "
            + now.entries().size()
            + " libraries"
            + (now.problem() == null ? "" : ", not complete: " + now.problem()));
  }
}
