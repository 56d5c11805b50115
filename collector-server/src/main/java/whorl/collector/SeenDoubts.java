package whorl.collector;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.maintenance.PeriodicTask;

/**
 * The doubts about custody as they were seen last, for readiness and metrics, which must not wait
 * for a database. Thread-safe.
 */
final class SeenDoubts {
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final CustodyLog custody;
  private volatile List<String> seen;

  private SeenDoubts(CustodyLog custody) {
    this.custody = custody;
    this.seen = custody.doubts();
  }

  /**
   * Looks every two seconds.
   *
   * @param closing receives what must be closed, last opened first
   */
  static SeenDoubts start(CustodyLog custody, List<AutoCloseable> closing) {
    SeenDoubts doubts = new SeenDoubts(custody);
    closing.add(0, PeriodicTask.start("custody-doubts", LOOK, doubts::look));
    return doubts;
  }

  private void look() {
    try {
      seen = custody.readDoubts();
    } catch (IOException away) {
      // the readiness of the database says so; the doubts are those from before
    }
  }

  List<String> now() {
    return seen;
  }
}
