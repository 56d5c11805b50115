package whorl.collector.search;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.export.ExportLog;
import whorl.collector.http.request.Principal;
import whorl.collector.store.access.Scope;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.searches.RowSearchLedger;
import whorl.collector.store.searches.StoredSearch.State;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.index.NotIndexedException;
import whorl.collector.timeline.index.TimelineIndex;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Text;

/**
 * One search over the rows of timelines, the newest evidence first. It writes what it has found
 * about once a second, and stops when it can no longer: it was cancelled. Runs on one thread.
 */
final class RowSearch implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(RowSearch.class);
  private static final long WRITE_NANOS = TimeUnit.MILLISECONDS.toNanos(700);
  private static final int PAGE = 200;

  /** Pages of one piece that are looked through for a whole text. */
  private static final int PAGES_MAX = 20;

  private static final int PROBLEMS_SHOWN = 3;

  /**
   * What searches need.
   *
   * @param nanos a monotonic clock
   */
  record Parts(
      EvidenceStore store,
      Catalog catalog,
      TimelineIndex index,
      Timeline timeline,
      ExportLog exports,
      RowSearchLedger ledger,
      RowSearchCounters counters,
      LongSupplier nanos) {}

  private final Parts parts;
  private final Id id;
  private final RowQuestion question;
  private final Scope scope;
  private final @Nullable Principal by;
  private final RowMatcher matcher;

  private final List<FoundRow> rows = new ArrayList<>();
  private final List<Id> more = new ArrayList<>();

  /** Evidence whose rows were found since custody was last written. */
  private final Set<Id> unrecorded = new HashSet<>();

  private final List<Found.Unread> unread = new ArrayList<>();
  private final List<Found.Unread> partly = new ArrayList<>();
  private int looked;
  private @Nullable Instant oldest;
  private @Nullable String older;
  private @Nullable String stopped;
  private @Nullable String problem;
  private long startNanos;
  private long writtenNanos;

  /**
   * @param question checked
   * @param scope of the person
   */
  RowSearch(Parts parts, Id id, RowQuestion question, Scope scope, @Nullable Principal by) {
    this.parts = parts;
    this.id = id;
    this.question = question;
    this.scope = scope;
    this.by = by;
    this.matcher = new RowMatcher(question);
  }

  @Override
  public void run() {
    startNanos = parts.nanos().getAsLong();
    writtenNanos = startNanos;
    try {
      // it may have been cancelled while it waited for a thread
      if (parts.ledger().touch(id) && search()) {
        boolean unused = write(State.ENDED);
      }
    } catch (IOException | RuntimeException | Error e) {
      LOG.warn("the search {} failed", id, e);
      problem = "the search failed here; the collector's log says why. Search again";
      endFailed();
    }
  }

  private void endFailed() {
    try {
      boolean unused = write(State.ENDED);
    } catch (IOException e) {
      // others see within half a minute that nobody runs it
      LOG.warn("the search {} could not be ended", id, e);
    }
  }

  /** False if it must stop, as it was cancelled. */
  private boolean search() throws IOException {
    Catalog.Filter filter = new Catalog.Filter(question.service(), null, null);
    String cursor = question.cursor();
    if (cursor == null && question.until() != null) {
      cursor = Catalog.before(question.until());
    }
    do {
      // one at a time, as each piece is a place where another search can go on
      Catalog.Page page = parts.catalog().page(scope, filter, cursor, 1);
      for (Id evidence : page.evidence()) {
        Catalog.Summary summary = parts.catalog().summary(evidence);
        if (summary != null && isBefore(summary.sealedAt())) {
          older = null;
          return true;
        }
        if (summary != null && !isAfter(summary.sealedAt())) {
          looked++;
          oldest = summary.sealedAt();
          parts.counters().looked.increment();
          look(summary);
        }
      }
      cursor = page.next();
      older = cursor;
      if (cursor != null) {
        stopped = whyStop();
      }
      if (isDue() && !write(State.RUNNING)) {
        return false;
      }
    } while (cursor != null && stopped == null);
    return true;
  }

  /** Writes what was found; false if the search was cancelled. */
  private boolean write(State state) throws IOException {
    recordReading();
    return parts.ledger().write(id, state, Json.text(found()));
  }

  /** In custody before a row can be seen, as for a timeline that is opened. */
  private void recordReading() throws IOException {
    if (unrecorded.isEmpty()) {
      return;
    }
    try {
      parts.exports().opened(by, unrecorded);
    } catch (IOException | RuntimeException e) {
      rows.removeIf(row -> unrecorded.contains(row.evidence()));
      throw e;
    } finally {
      unrecorded.clear();
    }
  }

  private boolean isBefore(Instant sealedAt) {
    return question.since() != null && sealedAt.isBefore(question.since());
  }

  private boolean isAfter(Instant sealedAt) {
    return question.until() != null && !sealedAt.isBefore(question.until());
  }

  private boolean isDue() {
    long now = parts.nanos().getAsLong();
    boolean due = now - writtenNanos >= WRITE_NANOS;
    if (due) {
      writtenNanos = now;
    }
    return due;
  }

  private @Nullable String whyStop() {
    if (rows.size() >= RowSearchLimits.ROWS_MAX) {
      return "there are " + RowSearchLimits.ROWS_MAX + " rows";
    }
    if (looked >= RowSearchLimits.EVIDENCE_MAX) {
      return RowSearchLimits.EVIDENCE_MAX + " pieces of evidence were searched";
    }
    if (isLate()) {
      return "it took " + RowSearchLimits.TIME.toSeconds() + " s";
    }
    return Thread.currentThread().isInterrupted() ? "the collector was stopped" : null;
  }

  private boolean isLate() {
    return parts.nanos().getAsLong() - startNanos >= RowSearchLimits.TIME.toNanos();
  }

  private void look(Catalog.Summary evidence) throws IOException {
    IndexStatus status = parts.index().status(evidence.id());
    String why = whyUnreadable(evidence.id(), status);
    try {
      if (why == null) {
        read(evidence.id());
        String missing = missing(status);
        if (missing != null) {
          partly.add(unread(evidence, missing));
        }
      }
    } catch (NotIndexedException e) {
      why = whyUnreadable(evidence.id(), e.status());
    } catch (IOException | RuntimeException e) { // one damaged timeline must not hide the others
      if (parts.store().record(evidence.id()) != null) {
        LOG.warn("the timeline of evidence {} could not be searched", evidence.id(), e);
        why = "its timeline could not be read; the collector's log says why";
      } else {
        why = "it was purged meanwhile";
      }
    }
    if (why != null) {
      unread.add(unread(evidence, why));
    }
  }

  private @Nullable String whyUnreadable(Id evidence, IndexStatus status) throws IOException {
    return switch (status.state()) {
      case READY -> null;
      case FAILED ->
          "it has no timeline: "
              + (status.problem() == null
                  ? "its artifacts could not be read"
                  : Text.shortened(status.problem()));
      case NONE, WAITING, RUNNING ->
          parts.store().record(evidence) == null
              ? "it is not here any more"
              : "its timeline is not made yet; search again later";
    };
  }

  /** Which artifacts have no rows in the timeline, as when they are encrypted; null if none. */
  private static @Nullable String missing(IndexStatus status) {
    List<IndexStatus.Source> missing =
        status.artifacts().stream().filter(source -> source.problem() != null).toList();
    if (missing.isEmpty()) {
      return null;
    }
    String first =
        missing.stream()
            .limit(PROBLEMS_SHOWN)
            .map(source -> source.name() + ": " + source.problem())
            .collect(Collectors.joining("; "));
    int others = missing.size() - PROBLEMS_SHOWN;
    return Text.shortened(first) + (others > 0 ? "; and " + others + " more" : "");
  }

  private static Found.Unread unread(Catalog.Summary evidence, String why) {
    return new Found.Unread(
        evidence.id(), Text.shortened(evidence.service()), evidence.sealedAt(), why);
  }

  private void read(Id evidence) throws IOException {
    int wanted = Math.min(RowSearchLimits.ROWS_OF_EVIDENCE, RowSearchLimits.ROWS_MAX - rows.size());
    TimelineQuery query = matcher.query(evidence);
    List<FoundRow> hits = new ArrayList<>();
    String cursor = null;
    int pages = 0;
    boolean isMore = false;
    do {
      Timeline.Page page =
          parts.timeline().page(query.page(matcher.isDecidedByQuery() ? wanted : PAGE, cursor));
      for (Row row : page.rows()) {
        if (!matcher.matches(row)) {
          continue;
        }
        if (hits.size() < wanted) {
          hits.add(FoundRow.of(row, matcher.shown()));
        } else {
          isMore = true;
        }
      }
      cursor = page.next();
      pages++;
    } while (cursor != null && hits.size() < wanted && pages < PAGES_MAX && !isLate());
    if (isMore || cursor != null) {
      more.add(evidence);
    }
    if (!hits.isEmpty()) {
      rows.addAll(hits);
      unrecorded.add(evidence);
    }
  }

  private Found found() {
    return new Found(
        looked,
        rows,
        more,
        unread,
        partly,
        oldest,
        older,
        stopped,
        problem,
        TimeUnit.NANOSECONDS.toMillis(parts.nanos().getAsLong() - startNanos));
  }
}
