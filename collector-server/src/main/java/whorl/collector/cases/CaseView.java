package whorl.collector.cases;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.records.CaseRecord;
import whorl.collector.store.records.NoteRecord;
import whorl.collector.store.triage.GravestLedger;
import whorl.evidence.Id;
import whorl.evidence.Level;

/**
 * A case in the API.
 *
 * @param evidence all its evidence; in a list the first hundred
 * @param notes the newest two hundred, oldest first; none in a list
 * @param lines the evidence with service, time, level and gravest finding, the worst first, at most
 *     a thousand; null in a list
 * @param evidenceCount the number of pieces of evidence
 * @param noteCount the number of notes
 * @param level the highest of its evidence's; null if none has one
 */
record CaseView(
    Id id,
    String title,
    String description,
    String state,
    Instant createdAt,
    String createdBy,
    List<Id> evidence,
    List<String> tags,
    List<NoteRecord> notes,
    int evidenceCount,
    int noteCount,
    @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable HoldView hold,
    @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Level level,
    @Nullable List<GravestLedger.Line> lines) {

  /**
   * A hold.
   *
   * @param ofCase the case that is on hold; null for a hold of the evidence itself
   */
  record HoldView(@JsonProperty("case") @Nullable Id ofCase, String by, Instant at, String reason) {
    static HoldView of(Hold hold) {
      return of(hold, hold.ofCase());
    }

    /** The hold of a case, for the view of that case, which need not name it. */
    static HoldView withoutCase(Hold hold) {
      return of(hold, null);
    }

    private static HoldView of(Hold hold, @Nullable Id ofCase) {
      String token = "token ";
      String by = hold.by().startsWith(token) ? hold.by().substring(token.length()) : hold.by();
      return new HoldView(ofCase, by, hold.at(), hold.reason());
    }
  }

  static CaseView of(
      CaseRecord found,
      List<Id> evidence,
      List<NoteRecord> notes,
      @Nullable Hold hold,
      List<GravestLedger.Line> lines,
      boolean inList) {
    return new CaseView(
        found.id(),
        found.title(),
        found.description(),
        found.closed() ? "closed" : "open",
        found.createdAt(),
        found.createdBy(),
        evidence,
        found.tags(),
        notes,
        found.evidence(),
        found.notes(),
        hold == null ? null : HoldView.withoutCase(hold),
        lines.isEmpty() ? null : lines.get(0).level(),
        inList ? null : lines);
  }
}
