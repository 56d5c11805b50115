package whorl.collector.custody.log;

import java.io.IOException;
import java.util.List;

/**
 * The doubts about custody as they were seen last, for readiness and metrics, which must not wait
 * for a database. Thread-safe.
 */
public final class SeenDoubts {
  private final CustodyLog custody;
  private volatile List<String> seen;

  public SeenDoubts(CustodyLog custody) {
    this.custody = custody;
    this.seen = custody.doubts();
  }

  /** Looks again; call it every few seconds. */
  public void look() {
    try {
      seen = custody.readDoubts();
    } catch (IOException away) {
      // the readiness of the database says so; the doubts are those from before
    }
  }

  public List<String> now() {
    return seen;
  }
}
