package whorl.collector.analysis.findings;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Tactic;
import whorl.collector.analysis.kinds.Technique;

/**
 * A finding of an analysis.
 *
 * @param id unique within the evidence; the same rows give the same id
 * @param analysis the name of the analysis, such as {@code way-in}
 * @param title a few words
 * @param text sentences for a person: when, which request, who, what
 * @param tactics the tactics of the techniques, in ATT&amp;CK's order
 * @param from when the first event of this finding happened, by the collector's clock; null if the
 *     finding has no row
 * @param rows {@code <evidence>:<row>}, at most the first hundred
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
