package whorl.collector.cli.cases;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.HoldRow;
import whorl.evidence.Id;

/**
 * A case in the collector's list.
 *
 * @param lines the evidence with what is worst in it; null in lists, and from earlier collectors
 */
public record CaseRow(
    Id id,
    @Nullable String title,
    @Nullable String description,
    @Nullable String state,
    @Nullable Instant createdAt,
    @Nullable String createdBy,
    List<Id> evidence,
    @Nullable List<Line> lines,
    List<String> tags,
    List<NoteRow> notes,
    long evidenceCount,
    long noteCount,
    @Nullable HoldRow hold) {
  public CaseRow {
    Objects.requireNonNull(id, "id");
    evidence = evidence == null ? List.of() : List.copyOf(evidence);
    tags = tags == null ? List.of() : List.copyOf(tags);
    notes = notes == null ? List.of() : List.copyOf(notes);
  }

  /** A piece of evidence of a case; in a list of cases there are none. */
  public record Line(
      Id id,
      @Nullable String service,
      @Nullable Instant sealedAt,
      @Nullable String state,
      @Nullable String level,
      @Nullable Gravest gravest) {}

  /** The gravest finding of evidence. */
  public record Gravest(@Nullable String title, @Nullable String examination) {}

  /** A note in a case. */
  public record NoteRow(
      @Nullable Instant at, @Nullable String by, @Nullable String text, @Nullable String row) {}
}
