package whorl.collector.receive.shared;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.database.Database;
import whorl.collector.store.outage.OneByOne;
import whorl.collector.thread.DaemonThreads;

/**
 * Renews what the requests of this collector hold, while they run: one statement for each table,
 * and none if nothing is held. A holder that could not be renewed in time finds out when it writes.
 */
final class LeaseKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);

  private final Database database;
  private final long leaseMillis;
  private final String collector;
  private final AtomicLong count = new AtomicLong();
  private final Set<String> uploads = ConcurrentHashMap.newKeySet();
  private final Set<String> turns = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService thread;

  /**
   * @param collector a name that no other collector has
   */
  LeaseKeeper(Database database, long leaseMillis, String collector) {
    this.database = database;
    this.leaseMillis = leaseMillis;
    this.collector = collector;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(new DaemonThreads("whorl-upload-leases"));
    long interval = Math.max(1, leaseMillis / 3);
    thread.scheduleWithFixedDelay(this::renew, interval, interval, TimeUnit.MILLISECONDS);
  }

  /** A name for a holder, which is never used again. */
  String holder() {
    return collector + "-" + count.incrementAndGet();
  }

  void holdsUploads(String holder) {
    uploads.add(holder);
  }

  void holdsTurn(String holder) {
    turns.add(holder);
  }

  void released(String holder) {
    uploads.remove(holder);
    turns.remove(holder);
  }

  private void renew() {
    OneByOne leases = new OneByOne();
    try {
      leases.run("uploads", () -> renew("uploads", uploads));
      leases.run("turns", () -> renew("upload_evidence", turns));
      leases.end();
    } catch (IOException | RuntimeException e) {
      LOG.warn("the uploads that are arriving cannot be renewed; they may have to be repeated", e);
    }
  }

  private void renew(String table, Set<String> holders) throws IOException {
    List<Object> held = new ArrayList<>(holders);
    for (int from = 0; from < held.size(); from += UploadRows.BATCH) {
      List<Object> batch = held.subList(from, Math.min(held.size(), from + UploadRows.BATCH));
      List<Object> arguments = new ArrayList<>();
      arguments.add(leaseMillis);
      arguments.addAll(batch);
      database.update(
          "UPDATE "
              + table
              + " SET held_until = "
              + database.nowMillis()
              + " + ? WHERE holder IN ("
              + UploadRows.questionMarks(batch.size())
              + ")",
          arguments.toArray());
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
