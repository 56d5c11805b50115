package whorl.collector.analysis;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.triage.GravestLedger;
import whorl.evidence.Id;

/**
 * Brings the gravest findings of reports that earlier versions kept into the catalog, in the
 * background: some at a time, oldest evidence first. What is filled stays filled, so a restart goes
 * on with the rest. It looks again every ten minutes, because a collector of an earlier version may
 * still run beside this one.
 */
public final class EarlierReports implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EarlierReports.class);
  private static final int AT_ONCE = 100;
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration AGAIN = Duration.ofMinutes(10);

  private final Reports reports;
  private final GravestLedger ledger;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "whorl-earlier-reports");

  public EarlierReports(Reports reports, GravestLedger ledger) {
    this.reports = reports;
    this.ledger = ledger;
  }

  /** Starts the thread. Call once. */
  public void start() {
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      do {
        lookQuietly();
      } while (!closed.await(AGAIN.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void lookQuietly() throws InterruptedException {
    try {
      int unused = look();
    } catch (IOException | RuntimeException e) {
      LOG.warn("earlier evidence has no level in lists yet; trying again: {}", e.toString());
    }
  }

  /** Goes through all evidence without it; returns how much was filled. */
  int look() throws IOException, InterruptedException {
    int filled = 0;
    @Nullable Id after = null;
    while (true) {
      List<Id> some = ledger.waiting(after, AT_ONCE);
      for (Id each : some) {
        filled += fill(each) ? 1 : 0;
        after = each;
      }
      if (some.size() < AT_ONCE || closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        return filled;
      }
    }
  }

  /** One piece of evidence that cannot be read must not keep the others from being filled. */
  private boolean fill(Id evidence) {
    try {
      return reports.notifyAgain(evidence);
    } catch (IOException | RuntimeException e) {
      LOG.debug("evidence {} has no level in lists yet", evidence, e);
      return false;
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed.countDown();
    thread.join(TimeUnit.SECONDS.toMillis(10));
  }
}
