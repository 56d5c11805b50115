package whorl.collector.marks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.export.MarkedRows;
import whorl.collector.store.marks.MarkLedger;
import whorl.collector.store.marks.MarkedRow;
import whorl.collector.store.marks.RowMark;
import whorl.collector.timeline.Timeline;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The marks of people on rows. Custody has each change before it is made, with the digest of a note
 * and not its text; what could not be made then gets another entry that says so. Thread-safe.
 */
public final class Marks implements MarkedRows {
  private static final String COLLECTOR = "collector";

  private final MarkLedger ledger;
  private final RowFinder finder;
  private final CustodyLog custody;
  private final InstantSource clock;

  public Marks(MarkLedger ledger, Timeline timeline, CustodyLog custody, InstantSource clock) {
    this.ledger = ledger;
    this.finder = new RowFinder(timeline);
    this.custody = custody;
    this.clock = clock;
  }

  /**
   * Who changes a mark.
   *
   * @param owner whose mark it is
   * @param actor the name for custody
   */
  record Author(String owner, String actor) {}

  /** The outcome of a change. */
  sealed interface Changed {
    /**
     * It was made.
     *
     * @param mark null if nothing is left of it
     */
    record Made(@Nullable RowMark mark) implements Changed {}

    /**
     * The mark is another than the caller has seen.
     *
     * @param now null if there is none
     */
    record Meanwhile(@Nullable RowMark now) implements Changed {}

    /** The evidence has too many marks. */
    record Full() implements Changed {}

    /** The timeline has no such row. */
    record NoRow() implements Changed {}
  }

  @Override
  public PlacedMarks of(Id evidence) throws IOException {
    List<RowMark.Key> keys = ledger.keys(evidence);
    if (keys.isEmpty()) {
      return new PlacedMarks(ledger, keys, Map.of());
    }
    Map<Long, Long> rows = finder.rows(evidence, keys);
    Map<Long, Long> moved = new HashMap<>();
    for (RowMark.Key key : keys) {
      Long row = rows.get(key.seq());
      if (row != null && row != key.number()) {
        moved.put(key.seq(), row);
      }
    }
    if (!moved.isEmpty()) {
      ledger.moved(moved);
    }
    return new PlacedMarks(ledger, keys, rows);
  }

  @Override
  public List<Id> marked(List<Id> evidence) throws IOException {
    Set<Id> marked = ledger.marked(evidence);
    return evidence.stream().filter(marked::contains).toList();
  }

  MarkLedger ledger() {
    return ledger;
  }

  /**
   * Sets the mark of one person on a row.
   *
   * @param seen the version that the caller has seen, 0 for none; null if it does not matter
   */
  Changed set(Id evidence, long number, RowMark.Content content, @Nullable Long seen, Author author)
      throws IOException {
    MarkedRow row = finder.row(evidence, number);
    if (row == null) {
      return new Changed.NoRow();
    }
    RowMark before = ledger.find(evidence, row, author.owner());
    if (seen != null && seen != (before == null ? 0 : before.version())) {
      return new Changed.Meanwhile(before);
    }
    if (before == null ? content.isEmpty() : content.equals(before.content())) {
      return new Changed.Made(before);
    }
    CustodyEntry entry =
        custody.append(
            CustodyAction.MARKED, evidence, "token " + author.actor(), detail(row, content));
    MarkLedger.Outcome outcome;
    try {
      outcome = change(evidence, row, before, content, author.owner());
    } catch (IOException | RuntimeException e) {
      try {
        revoke(evidence, entry);
      } catch (IOException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
    if (outcome != MarkLedger.Outcome.DONE) {
      revoke(evidence, entry);
    }
    return switch (outcome) {
      case DONE -> new Changed.Made(ledger.find(evidence, row, author.owner()));
      case FULL -> new Changed.Full();
      case CHANGED_MEANWHILE -> new Changed.Meanwhile(ledger.find(evidence, row, author.owner()));
    };
  }

  private MarkLedger.Outcome change(
      Id evidence, MarkedRow row, @Nullable RowMark before, RowMark.Content content, String owner)
      throws IOException {
    if (before == null) {
      return ledger.add(evidence, row, content, owner, clock.instant());
    }
    return content.isEmpty()
        ? ledger.remove(before)
        : ledger.change(before, content, clock.instant());
  }

  private static Map<String, String> detail(MarkedRow row, RowMark.Content content) {
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put("row", Long.toString(row.number()));
    detail.put("identity", row.identity());
    detail.put("star", Boolean.toString(content.star()));
    detail.put("tags", String.join(", ", content.tags()));
    String note = content.note();
    if (note != null) {
      detail.put("noteSha256", Digest.of(note.getBytes(StandardCharsets.UTF_8)).hex());
    }
    return detail;
  }

  private void revoke(Id evidence, CustodyEntry entry) throws IOException {
    CustodyEntry unused =
        custody.append(
            CustodyAction.MARKED,
            evidence,
            COLLECTOR,
            Map.of("change", "failed", "entry", Long.toString(entry.sequence())));
  }
}
