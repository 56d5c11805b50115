package whorl.collector.http.auth;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import whorl.collector.http.request.ProblemException;

/** Limits failed logins per network: ten at once, and one more every six seconds. Thread-safe. */
public interface LoginLimit {
  /** How many may fail at once. */
  int BURST = 10;

  /** The time after which one more may fail. */
  Duration PERIOD = Duration.ofSeconds(6);

  /**
   * Counts a failure.
   *
   * @throws ProblemException 429 after too many failures
   * @throws IOException when the failures are in a database that cannot be asked
   */
  void failed(String remoteAddress) throws IOException;

  /** The refusal of a network that must wait. */
  static ProblemException tooMany(Duration wait) {
    long seconds = wait.toSeconds() + 1;
    return new ProblemException(
        429,
        "too many logins",
        "too many failed from your address; try again in " + seconds + " s",
        Map.of("Retry-After", Long.toString(seconds)));
  }
}
