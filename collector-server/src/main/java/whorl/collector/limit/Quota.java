package whorl.collector.limit;

import java.io.IOException;
import java.time.Duration;

/**
 * How much each of many clients may use within a window of time, which begins with its first use.
 * Beyond a number of clients in one window, further clients share one quota. Thread-safe.
 */
public interface Quota {
  /** Quota of one client in a window, in the unit of what is counted. */
  int max();

  Duration window();

  /**
   * Takes {@code count} units from a client's quota. The first use of a window may exceed the
   * quota, because it could never succeed otherwise.
   *
   * @param client a token, an address or an agent's id
   * @return false when the quota is exhausted
   * @throws IOException when it is kept in a database that cannot be asked, unless it is a quota
   *     that then refuses
   */
  boolean take(String client, int count) throws IOException;
}
