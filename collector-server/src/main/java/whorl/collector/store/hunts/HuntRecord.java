package whorl.collector.store.hunts;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Part;
import whorl.evidence.Id;
import whorl.evidence.channel.HuntQuestion;

/**
 * A hunt as it was asked for; this never changes.
 *
 * @param title what is asked, in a line
 * @param by who asked, as in custody
 * @param owner whose quota counts
 * @param parts what {@code by} may ask: agents outside of it are left out
 * @param windowSeconds how far back events are looked at; 0 for all that an agent holds
 * @param limit of the rows of each agent
 * @param expiresAt agents that connect until then are asked too; the time of the request if none
 * @param endsAt when no answer is awaited any more
 */
public record HuntRecord(
    Id id,
    HuntQuestion question,
    String title,
    HuntTarget target,
    @Nullable String reason,
    String by,
    String owner,
    List<Part> parts,
    int windowSeconds,
    int limit,
    Instant requestedAt,
    Instant expiresAt,
    Instant endsAt) {
  public HuntRecord {
    parts = List.copyOf(parts);
  }
}
