package whorl.collector.search;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import whorl.collector.export.ExportLog;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.limit.Places;
import whorl.collector.maintenance.PeriodicTasks;
import whorl.collector.store.access.Scope;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.searches.RowSearchLedger;
import whorl.collector.store.searches.StoredSearch;
import whorl.collector.thread.DaemonThreads;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.index.TimelineIndex;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Runs searches over rows, each on a thread of its own; the ledger says how many may run at all
 * collectors together. Thread-safe.
 */
public final class RowSearches implements AutoCloseable {
  private static final Duration FORGET_EVERY = Duration.ofMinutes(5);
  private static final long END_SECONDS = 10;

  /** One that runs, and one that waits until a cancelled one has seen that it was. */
  private static final int HERE_OF_PERSON = RowSearchLimits.MAX_OF_PERSON + 1;

  private final RowSearch.Parts parts;
  private final InstantSource clock;
  private final AtomicInteger running = new AtomicInteger();

  /** Searches of each person that hold a thread here or wait for one, cancelled ones too. */
  private final Places here = new Places(HERE_OF_PERSON);

  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          RowSearchLimits.MAX_RUNNING, new DaemonThreads("whorl-row-search"));

  /** What searches need of the collector. */
  public record Dependencies(
      EvidenceStore store,
      Catalog catalog,
      TimelineIndex index,
      Timeline timeline,
      ExportLog exports,
      RowSearchLedger ledger,
      InstantSource clock) {}

  private RowSearches(Dependencies needed) {
    this.clock = needed.clock();
    this.parts =
        new RowSearch.Parts(
            needed.store(),
            needed.catalog(),
            needed.index(),
            needed.timeline(),
            needed.exports(),
            needed.ledger(),
            new RowSearchCounters(),
            System::nanoTime);
  }

  /**
   * Opens searches, and returns their routes.
   *
   * @param closing receives what must be closed, last opened first
   */
  public static List<Route> open(
      Dependencies needed, Metrics metrics, List<AutoCloseable> closing) {
    RowSearches searches = new RowSearches(needed);
    closing.add(0, searches);
    closing.add(0, PeriodicTasks.start("row-searches", FORGET_EVERY, needed.ledger()::forget));
    searches.register(metrics);
    return new RowSearchRoutes(searches, needed.ledger(), needed.clock()).routes();
  }

  private void register(Metrics metrics) {
    RowSearchCounters counters = parts.counters();
    metrics.gauge(
        "whorl_row_searches_running", "Searches over rows that run here now.", running::get);
    metrics.counter(
        "whorl_row_searches_total",
        "Searches over rows that people started here.",
        counters.started::sum);
    metrics.counter(
        "whorl_row_searches_refused_total",
        "Searches over rows that were not started, because too many were running.",
        counters.refused::sum);
    metrics.counter(
        "whorl_row_searches_evidence_total",
        "Pieces of evidence that searches over rows looked at.",
        counters.looked::sum);
  }

  /**
   * Starts a search.
   *
   * @param question checked
   * @param scope what the person sees
   * @throws ProblemException 400 for a bad cursor, 429 if too many searches run
   */
  StoredSearch start(RowQuestion question, Scope scope, @Nullable Principal by, String owner)
      throws IOException {
    checkCursor(question, scope);
    if (!here.enter(owner)) {
      throw tooMany("searches that you cancelled have not ended yet");
    }
    boolean started = false;
    try {
      StoredSearch search = started(question, scope, by, owner);
      started = true;
      return search;
    } finally {
      if (!started) {
        here.leave(owner);
      }
    }
  }

  private StoredSearch started(
      RowQuestion question, Scope scope, @Nullable Principal by, String owner) throws IOException {
    StoredSearch search =
        new StoredSearch(
            Id.next(clock),
            Json.text(question),
            ScopeDigest.of(scope),
            StoredSearch.State.RUNNING,
            Json.text(Found.NOTHING));
    switch (parts.ledger().add(search, owner)) {
      case ADDED -> {}
      case TOO_MANY_OF_OWNER ->
          throw tooMany("you have " + RowSearchLimits.MAX_OF_PERSON + " running");
      case TOO_MANY -> throw tooMany(RowSearchLimits.MAX_RUNNING + " are running");
    }
    parts.counters().started.increment();
    RowSearch work = new RowSearch(parts, search.id(), question, scope, by);
    threads.execute(
        () -> {
          running.incrementAndGet();
          try {
            work.run();
          } finally {
            running.decrementAndGet();
            here.leave(owner);
          }
        });
    return search;
  }

  private void checkCursor(RowQuestion question, Scope scope) throws IOException {
    try {
      Catalog.Page unused =
          parts
              .catalog()
              .page(
                  scope, new Catalog.Filter(question.service(), null, null), question.cursor(), 1);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          400, "bad search", "cursor is the older of an earlier search, or absent");
    }
  }

  private ProblemException tooMany(String why) {
    parts.counters().refused.increment();
    return new ProblemException(
        429, "too many searches", why + "; wait until one has ended, or cancel yours");
  }

  @Override
  public void close() throws InterruptedException {
    threads.shutdownNow();
    boolean unused = threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
  }
}
