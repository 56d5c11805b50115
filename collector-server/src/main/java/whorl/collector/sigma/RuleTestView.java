package whorl.collector.sigma;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;
import whorl.evidence.Level;

/**
 * A test of rules on evidence: its progress, and then its result.
 *
 * @param state {@code running}, {@code done} or {@code failed}
 * @param evidence the number of pieces that are read
 * @param read of them so far
 * @param omitted pieces of the time that are not read, because there are too many
 * @param events that were evaluated so far
 * @param matches times that a rule would have alerted so far
 * @param regexGivenUp times that a regular expression was given up, and counted as no match
 * @param rows the first matches
 * @param skipped evidence that could not be read
 * @param problem why it failed, or stopped early; else null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RuleTestView(
    Id id,
    String title,
    String by,
    Instant requestedAt,
    @Nullable Instant endedAt,
    String state,
    int evidence,
    int read,
    int omitted,
    long events,
    long matches,
    long regexGivenUp,
    List<Matched> rows,
    List<Skipped> skipped,
    @Nullable String problem) {
  static final String RUNNING = "running";
  static final String DONE = "done";
  static final String FAILED = "failed";

  RuleTestView {
    rows = List.copyOf(rows);
    skipped = List.copyOf(skipped);
  }

  /**
   * A match.
   *
   * @param row of the timeline; of a correlation, that of its last event
   * @param basedOn events that a correlation counted; null for other rules
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Matched(
      Id evidence,
      String row,
      Instant time,
      String rule,
      String title,
      Level level,
      String event,
      String what,
      @Nullable String thread,
      @Nullable Integer basedOn) {}

  /** Evidence that was not read. */
  record Skipped(Id evidence, String why) {}

  /** The same after its collector has ended. */
  RuleTestView lost() {
    return with(FAILED, rows, "the collector that ran it has ended; start it again");
  }

  /** The same without rows of this evidence. */
  RuleTestView without(Set<Id> hidden) {
    return with(
        state, rows.stream().filter(row -> !hidden.contains(row.evidence())).toList(), problem);
  }

  private RuleTestView with(String state, List<Matched> rows, @Nullable String problem) {
    return new RuleTestView(
        id,
        title,
        by,
        requestedAt,
        endedAt,
        state,
        evidence,
        read,
        omitted,
        events,
        matches,
        regexGivenUp,
        rows,
        skipped,
        problem);
  }
}
