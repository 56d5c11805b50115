package whorl.collector.store.probes;

import java.time.Instant;
import java.util.List;
import whorl.collector.store.access.Part;
import whorl.evidence.Id;
import whorl.evidence.channel.ProbeRequest;

/**
 * A probe as it was asked for; this never changes.
 *
 * @param target which agents, for people, such as {@code service shop}
 * @param by who asked, as in custody
 * @param owner whose quota counts
 * @param parts what {@code by} may probe
 * @param endsAt when no report is awaited any more
 */
public record ProbeRecord(
    Id id,
    ProbeRequest request,
    String target,
    String reason,
    String by,
    String owner,
    List<Part> parts,
    Instant requestedAt,
    Instant endsAt) {
  public ProbeRecord {
    parts = List.copyOf(parts);
  }
}
