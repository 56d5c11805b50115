package whorl.collector.export;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.Catalog;
import whorl.evidence.Id;

/** Evidence that custody says was kept and whose record is gone, as the API tells it. */
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

  static LostView of(Catalog.Summary summary) {
    return new LostView(
        summary.id(),
        summary.capture(),
        summary.agent(),
        summary.service(),
        null,
        why(summary.id()),
        "lost",
        summary.sealedAt(),
        List.of(),
        Map.of("verified", false),
        List.of());
  }

  /** What there is to say of it. */
  static String why(Id evidence) {
    return "custody says that it was kept, and its record is not here; restore evidence/"
        + evidence
        + " from a backup";
  }
}
