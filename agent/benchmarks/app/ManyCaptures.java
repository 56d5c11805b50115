import java.io.IOException;
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

  /** Arguments: those of {@link Trial#of}, and the seconds of capture.after. */
  public static void main(String[] arguments) throws Exception {
    Trial trial = Trial.of(arguments);
    String after = arguments[Trial.ARGUMENTS];
    Map<String, String> settings =
        Map.of(
            "WHORL_CAPTURE_AFTER", after + "s",
            "WHORL_CAPTURE_COOLDOWN", "1s",
            "WHORL_CAPTURE_MAX_PER_HOUR", "1000");
    try (Shops shops = trial.shops(REQUESTS_A_SECOND, SERVICE, settings)) {
      ManyCaptures many =
          new ManyCaptures(trial.collector(), trial.jvms(), Double.parseDouble(after));
      trial.collector().awaitAgents(trial.jvms());
      TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
      for (int round = 0; round < trial.rounds(); round++) {
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
          figures.add("sealed beyond after, s", "each", Trial.seconds(asked, sealedAt) - after);
          figures.add("findings after sealing, s", "each", Trial.seconds(sealedAt, at));
        });
  }
}
