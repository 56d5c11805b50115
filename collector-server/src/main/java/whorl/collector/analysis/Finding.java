package whorl.collector.analysis;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an analysis found.
 *
 * @param id the same for the same rows, unique within the evidence
 * @param analysis who found it, such as {@code way-in}
 * @param title a few words
 * @param text sentences for a person: when, which request, who, what
 * @param tactics those of the techniques, in ATT&amp;CK's order
 * @param from when the first thing that it rests on happened, by the collector's clock; null where
 *     it rests on no row
 * @param rows {@code <evidence>:<row>}, the first hundred at most
 */
public record Finding(
    String id,
    String analysis,
    Severity severity,
    String title,
    String text,
    List<Technique> techniques,
    List<Tactic> tactics,
    @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Instant from,
    @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Instant to,
    List<String> rows,
    List<Subject> subjects) {
  public Finding {
    techniques = List.copyOf(techniques);
    tactics = List.copyOf(tactics);
    rows = List.copyOf(rows);
    subjects = List.copyOf(subjects);
  }
}
