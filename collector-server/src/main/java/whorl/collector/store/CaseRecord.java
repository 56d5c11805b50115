package whorl.collector.store;

import java.time.Instant;
import java.util.List;
import whorl.evidence.Id;

/**
 * A case, without what it groups.
 *
 * @param closed whether nobody is at work on it any more
 * @param createdBy the name of a token
 * @param tags sorted
 * @param evidence how many pieces it has
 * @param notes how many it has
 */
public record CaseRecord(
    Id id,
    String title,
    String description,
    boolean closed,
    Instant createdAt,
    String createdBy,
    List<String> tags,
    int evidence,
    int notes) {
  public CaseRecord {
    tags = List.copyOf(tags);
  }
}
