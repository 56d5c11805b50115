package whorl.collector.receive.seal;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.receive.uploads.Uploads;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.KeptLease;
import whorl.collector.store.database.Leases;
import whorl.collector.store.objects.shared.MissingEvidence;
import whorl.collector.store.objects.shared.RecoveryState;
import whorl.collector.store.objects.shared.SharedStore;
import whorl.collector.store.records.Catalog;
import whorl.collector.thread.DaemonThreads;

/**
 * Runs the passes of {@link SharedRecovery} on a thread of its own: at the start and every six
 * hours, at the collector that has the lease {@code recovery}. All collectors know what is missing.
 */
public final class RecoveryTask implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RecoveryTask.class);
  private static final String NAME = "recovery";
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofSeconds(20);
  private static final Duration BETWEEN_PASSES = Duration.ofHours(6);

  /** A page has a thousand objects, so a pass over sixty million takes four hours. */
  private static final Duration BETWEEN_PAGES = Duration.ofMillis(200);

  private static final long END_SECONDS = 10;

  private final SharedRecovery recovery;
  private final MissingEvidence missing;
  private final RecoveryCounters counters = new RecoveryCounters();
  private final KeptLease lease;
  private final ScheduledExecutorService thread;
  private volatile MissingEvidence.Summary seen = MissingEvidence.Summary.NONE;
  private volatile boolean closed;
  private boolean failing;

  private RecoveryTask(
      SharedStore store,
      Database database,
      Catalog catalog,
      CustodyLog custody,
      Uploads uploads,
      Leases leases,
      boolean isShared) {
    this.missing = new MissingEvidence(database);
    this.recovery =
        new SharedRecovery(
            store,
            new RecoveryState(database),
            missing,
            catalog,
            custody,
            uploads,
            counters,
            isShared);
    this.lease = leases.keep(NAME, LEASE, new Silent());
    this.thread = Executors.newSingleThreadScheduledExecutor(new DaemonThreads("whorl-recovery"));
  }

  private static final class Silent implements KeptLease.Listener {
    @Override
    public void taken(Leases.Lease lease) {
      LOG.info("this collector does the recovery now");
    }

    @Override
    public void lost(Leases.Lease lease) {
      LOG.info("this collector does the recovery no longer");
    }
  }

  /**
   * Starts it.
   *
   * @param isShared true if custody is in the database too
   */
  public static RecoveryTask start(
      SharedStore store,
      Database database,
      Catalog catalog,
      CustodyLog custody,
      Uploads uploads,
      Leases leases,
      boolean isShared) {
    RecoveryTask task =
        new RecoveryTask(store, database, catalog, custody, uploads, leases, isShared);
    ScheduledFuture<?> unused = // look() reports its failures
        task.thread.scheduleWithFixedDelay(task::look, 1, LOOK.toSeconds(), TimeUnit.SECONDS);
    return task;
  }

  private void look() {
    try {
      if (lease.lease() != null) {
        recovery.run(BETWEEN_PASSES, BETWEEN_PAGES, () -> !closed && lease.lease() != null);
      }
      seen = missing.summary();
      failing = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException | Error e) {
      LOG.atLevel(failing ? org.slf4j.event.Level.DEBUG : org.slf4j.event.Level.WARN)
          .setCause(e)
          .log("recovery failed; it goes on from there in {} s", LOOK.toSeconds());
      failing = true;
    }
  }

  public RecoveryCounters counters() {
    return counters;
  }

  /** Evidence whose record is missing. */
  public long lost() {
    return seen.records();
  }

  /** Evidence that lacks some content. */
  public long incomplete() {
    return seen.contents();
  }

  /** What is missing, and the remedy; null if nothing is. */
  public @Nullable String problem() {
    MissingEvidence.Summary now = seen;
    if (now.records() == 0 && now.contents() == 0) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    if (now.records() > 0) {
      text.append(now.records())
          .append(" pieces of evidence are lost, ")
          .append(now.ofRecord())
          .append(" for one: the object store does not have their records");
    }
    if (now.contents() > 0) {
      text.append(text.isEmpty() ? "" : "; ")
          .append(now.contents())
          .append(" pieces of evidence are incomplete: the object store does not have blob ")
          .append(now.content())
          .append(" of ")
          .append(now.ofContent())
          .append(", for one");
    }
    return text.append("; restore the object store from a backup").toString();
  }

  /** Ends after the page under way. */
  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.shutdown();
    thread.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    lease.close();
  }
}
