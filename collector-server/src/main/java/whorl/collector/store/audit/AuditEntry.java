package whorl.collector.store.audit;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * An entry of the custody log, as the audit shows it.
 *
 * @param actor {@code person}, {@code agent} or {@code collector}
 * @param who the person's or agent's name in custody
 * @param detail shortened; the log itself has all of it
 */
public record AuditEntry(
    long sequence,
    Instant time,
    String action,
    String actor,
    String who,
    @Nullable Id evidence,
    Map<String, String> detail) {
  public static final String PERSON = "person";
  public static final String AGENT = "agent";
  public static final String COLLECTOR = "collector";
}
