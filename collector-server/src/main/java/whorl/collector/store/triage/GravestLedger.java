package whorl.collector.store.triage;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.records.Catalog;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.Text;

/**
 * The gravest finding in each row of the catalog. It follows from the reports, and is written again
 * with each of them. Thread-safe.
 */
public final class GravestLedger {
  private static final int DONE = 1;
  private static final int ENCRYPTED = 2;
  private static final int TITLE_CHARS = 300;
  private static final int IDS_AT_ONCE = 100;

  private final Database database;

  public GravestLedger(Database database) {
    this.database = database;
  }

  /**
   * Writes what the analyses found, unless the evidence has no row.
   *
   * @param level null if nothing was found
   */
  public void put(EvidenceRecord evidence, @Nullable Level level, @Nullable String title)
      throws IOException {
    Alert alert = evidence.alert();
    boolean encrypted = evidence.recipient() != null;
    String found = encrypted || title == null ? null : bounded(title);
    int rank = encrypted || level == null ? 0 : Catalog.rank(level);
    int trigger = alert == null ? 0 : Catalog.rank(alert.level());
    int unused =
        database.update(
            "UPDATE evidence SET examined = ?, finding_level = ?, finding_title = ?, worst = ?,"
                + " words = ? WHERE id = ?",
            encrypted ? ENCRYPTED : DONE,
            rank == 0 ? null : rank,
            found,
            rank == 0 ? trigger : rank,
            Catalog.words(evidence, found),
            evidence.id().value());
  }

  /** The findings of those of the evidence that have a row. */
  public Map<Id, Gravest> find(Collection<Id> evidence) throws IOException {
    Map<Id, Gravest> found = new HashMap<>();
    List<Id> all = List.copyOf(evidence);
    for (int from = 0; from < all.size(); from += IDS_AT_ONCE) {
      List<Id> next = all.subList(from, Math.min(all.size(), from + IDS_AT_ONCE));
      database.query(
          "SELECT id, examined, finding_level, finding_title FROM evidence WHERE id IN ("
              + String.join(", ", Collections.nCopies(next.size(), "?"))
              + ")",
          row -> found.put(new Id(row.getString(1)), gravest(row)),
          next.stream().map(Id::value).toArray());
    }
    return found;
  }

  /**
   * A line of a list of evidence.
   *
   * @param level of its gravest finding, or of its trigger until there is one; null without any
   */
  public record Line(
      Id id,
      Id agent,
      String service,
      Instant sealedAt,
      String state,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Level level,
      Gravest gravest) {}

  /** The lines of those of the evidence that have a row, the worst first. */
  public List<Line> lines(Collection<Id> evidence) throws IOException {
    List<Line> lines = new ArrayList<>();
    List<Id> all = List.copyOf(evidence);
    for (int from = 0; from < all.size(); from += IDS_AT_ONCE) {
      List<Id> next = all.subList(from, Math.min(all.size(), from + IDS_AT_ONCE));
      lines.addAll(
          database.query(
              "SELECT id, examined, finding_level, finding_title, service, sealed_at, state, worst,"
                  + " agent FROM evidence WHERE id IN ("
                  + String.join(", ", Collections.nCopies(next.size(), "?"))
                  + ")",
              row ->
                  new Line(
                      new Id(row.getString(1)),
                      new Id(row.getString(9)),
                      row.getString(5),
                      Instant.ofEpochMilli(row.getLong(6)),
                      row.getString(7),
                      Ranks.levelOrNull(row.getInt(8)),
                      gravest(row)),
              next.stream().map(Id::value).toArray()));
    }
    lines.sort(
        Comparator.comparing(Line::level, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Line::sealedAt)
            .reversed());
    return lines;
  }

  /**
   * Evidence whose row does not have it yet, in the order of the ids.
   *
   * @param after the last id of the previous call; null at the beginning
   */
  public List<Id> waiting(@Nullable Id after, int limit) throws IOException {
    return database.query(
        "SELECT id FROM evidence WHERE examined IS NULL AND id > ? ORDER BY id LIMIT ?",
        row -> new Id(row.getString(1)),
        after == null ? "" : after.value(),
        limit);
  }

  private static Gravest gravest(ResultRow row) throws SQLException {
    return switch (row.getInt(2)) {
      case DONE -> Gravest.of(Ranks.levelOrNull(row.getInt(3)), row.getString(4));
      case ENCRYPTED -> Gravest.ENCRYPTED;
      default -> Gravest.WAITING;
    };
  }

  private static String bounded(String title) {
    return Text.atMost(title, TITLE_CHARS);
  }
}
