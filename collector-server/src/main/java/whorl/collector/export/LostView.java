package whorl.collector.export;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.records.Catalog;
import whorl.evidence.Id;

/** Evidence that is in custody but whose record is lost, in the format of the API. */
record LostView(
    Id id,
    @Nullable Id capture,
    Id agent,
    String service,
    @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Object alert,
    String reason,
    String state,
    Instant sealedAt,
    List<Object> artifacts,
    Map<String, Boolean> signature,
    List<Object> missing) {

  /**
   * @param exists true if the record exists but cannot be read
   */
  static LostView of(Catalog.Summary summary, boolean exists) {
    return new LostView(
        summary.id(),
        summary.capture(),
        summary.agent(),
        summary.service(),
        null,
        exists ? unreadable(summary.id()) : reason(summary.id()),
        "lost",
        summary.sealedAt(),
        List.of(),
        Map.of("verified", false),
        List.of());
  }

  private static String unreadable(Id evidence) {
    return "its record can't be read: it is damaged, or of a newer Whorl; restore evidence/"
        + evidence
        + " from a backup, or start the newer one";
  }

  /** Why it is lost, with the remedy. */
  static String reason(Id evidence) {
    return "it is in custody, but its record is missing; restore evidence/"
        + evidence
        + " from a backup";
  }
}
