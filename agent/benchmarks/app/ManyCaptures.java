import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Has several applications captured at once and prints how long a responder waits. */
public final class ManyCaptures {
  private static final String SERVICE = "many-captures";
  private static final double REQUESTS_A_SECOND = 20;
  private static final int WARM_UP_SECONDS = 20;
  private static final long POLL_MILLIS = 250;
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final Collector collector;
  private final int applications;
  private final double after;
  private final Figures figures = new Figures();

  private ManyCaptures(Collector collector, int applications, double after) {
    this.collector = collector;
    this.applications = applications;
    this.after = after;
  }

  /**
   * Arguments: JDK, application, JVMs, rounds, seconds of capture.after; the collector's URL, folder
   * and process, and the tokens of an agent and of a responder.
   */
  public static void main(String[] arguments) throws Exception {
    Collector collector =
        new Collector(
            HttpClient.newHttpClient(),
            arguments[5],
            arguments[9],
            Path.of(arguments[6]),
            Long.parseLong(arguments[7]));
    int jvms = Integer.parseInt(arguments[2]);
    try (Shops shops =
        Shops.start(
            Path.of(arguments[0]),
            Path.of(arguments[1]),
            jvms,
            REQUESTS_A_SECOND,
            arguments[5],
            arguments[8],
            SERVICE,
            Map.of(
                "WHORL_CAPTURE_AFTER", arguments[4] + "s",
                "WHORL_CAPTURE_COOLDOWN", "1s",
                "WHORL_CAPTURE_MAX_PER_HOUR", "1000"))) {
      ManyCaptures many = new ManyCaptures(collector, jvms, Double.parseDouble(arguments[4]));
      collector.awaitAgents(jvms);
      TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
      for (int round = 0; round < Integer.parseInt(arguments[3]); round++) {
        many.measure();
      }
      many.figures.print(List.of("each"));
    }
  }

  private void measure() throws IOException, InterruptedException {
    collector.awaitQuiet();
    Set<String> before = collector.captures();
    Instant asked = Instant.now();
    collector.request(SERVICE, "");
    Map<String, Collector.Sealed> sealed = new HashMap<>();
    Map<String, Instant> found = new HashMap<>();
    while (found.size() < applications) {
      if (Duration.between(asked, Instant.now()).compareTo(LIMIT) > 0) {
        throw new IOException(
            sealed.size() + " of " + applications + " are sealed and " + found.size() + " explained");
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      Set<String> captures = collector.captures();
      captures.removeAll(before);
      for (String capture : captures) {
        if (!sealed.containsKey(capture)) {
          Collector.Sealed now = collector.sealed(capture);
          if (now != null) {
            sealed.put(capture, now);
          }
        } else if (!found.containsKey(capture)
            && collector.hasFindings(sealed.get(capture).evidence())) {
          found.put(capture, Instant.now());
        }
      }
    }
    found.forEach(
        (capture, at) -> {
          Instant sealedAt = sealed.get(capture).at();
          figures.add("sealed beyond after, s", "each", seconds(asked, sealedAt) - after);
          figures.add("findings after sealing, s", "each", seconds(sealedAt, at));
        });
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e9;
  }
}
