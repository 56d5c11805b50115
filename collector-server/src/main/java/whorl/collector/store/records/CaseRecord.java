package whorl.collector.store.records;

import java.time.Instant;
import java.util.List;
import whorl.evidence.Id;

/**
 * A case without its evidence and notes.
 *
 * @param closed true if the work on it is finished
 * @param createdBy the name of a token
 * @param tags sorted
 * @param evidence the number of pieces of evidence
 * @param notes the number of notes
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
