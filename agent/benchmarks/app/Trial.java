import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * What is measured with several JVMs and a collector, and how often.
 *
 * @param home of the JDK
 * @param shop the application
 */
record Trial(
    Path home, Path shop, int jvms, int rounds, Collector collector, String agentToken) {
  /** How many arguments each such program has; those of its own follow. */
  static final int ARGUMENTS = 9;

  /**
   * Arguments: JDK, application, JVMs, rounds; the collector's URL, folder and process, and the
   * tokens of an agent and of a responder.
   */
  static Trial of(String[] arguments) {
    Collector collector =
        new Collector(
            HttpClient.newHttpClient(),
            arguments[4],
            arguments[8],
            Path.of(arguments[5]),
            Long.parseLong(arguments[6]));
    return new Trial(
        Path.of(arguments[0]),
        Path.of(arguments[1]),
        Integer.parseInt(arguments[2]),
        Integer.parseInt(arguments[3]),
        collector,
        arguments[7]);
  }

  /**
   * Starts the applications.
   *
   * @param settings further variables of their environment
   */
  Shops shops(double requestsPerSecond, String service, Map<String, String> settings)
      throws IOException, InterruptedException {
    return Shops.start(
        home, shop, jvms, requestsPerSecond, collector.url(), agentToken, service, settings);
  }

  static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e9;
  }
}
