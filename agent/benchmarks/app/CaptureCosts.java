import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Has the application captured while it works, again and again, and prints how long that took. */
public final class CaptureCosts {
  private static final String SERVICE = "capture-costs";
  private static final String INVOICE = "/invoices/view?file=2026-001.txt";
  private static final List<String> PATHS =
      List.of("/products?sort=price", "/cart/benchmark", "/products", INVOICE);
  private static final String ATTACK = "/invoices/view?file=/proc/self/environ";
  /** The id of the rule that it triggers. */
  private static final String RULE = "97d7c5c5-a4c3-48ad-b6b6-4570b4821c3e";
  private static final String ASKED_FOR = "recording,threads,classes,process";
  private static final int FILL_CONNECTIONS = 8;
  private static final int FILL_SECONDS = 10;
  private static final int FILL_TIMES = 20;
  private static final long BEFORE_SECONDS = 10;

  /** What sets the capture off. */
  private enum Trigger {
    /** Nothing is captured: the same load for as long, to show the noise of the machine. */
    NONE,
    /** A user requests recording, threads, classes and process. */
    REQUEST,
    /** A rule of the agent's fires: all but the heap. */
    ALERT;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Collector collector;
  private final Application application;
  private final HttpClient client;
  private final double rate;
  private final double after;
  private final Figures figures = new Figures();

  private CaptureCosts(
      Collector collector, Application application, HttpClient client, double rate, double after) {
    this.collector = collector;
    this.application = application;
    this.client = client;
    this.rate = rate;
    this.after = after;
  }

  /**
   * Arguments: JDK, application, rounds, requests a second, MiB of recording, seconds of
   * capture.after; the collector's URL, folder and process, and the tokens of an agent and of a
   * responder; where, as {@link Place#of} takes it.
   */
  public static void main(String[] arguments) throws Exception {
    List<Path> jars =
        Stream.of(System.getProperty("java.class.path").split(":")).map(Path::of).toList();
    HttpClient client = HttpClient.newHttpClient();
    Collector collector =
        new Collector(
            client,
            arguments[6],
            arguments[10],
            Path.of(arguments[7]),
            Long.parseLong(arguments[8]));
    Path invoices = Path.of("samples/shop/invoices").toAbsolutePath();
    List<Path> readable = List.of(invoices);
    Map<String, String> settings =
        Map.of(
            "SHOP_INVOICES", invoices.toString(),
            "WHORL_COLLECTOR_URL", arguments[6],
            "WHORL_COLLECTOR_TOKEN", arguments[9],
            "WHORL_SERVICE_NAME", SERVICE,
            "WHORL_CAPTURE_AFTER", arguments[5] + "s",
            "WHORL_CAPTURE_COOLDOWN", "1s",
            "WHORL_CAPTURE_MAX_PER_HOUR", "1000");
    Path folder = Files.createTempDirectory("capture");
    try (Application application =
        new Application(
            Place.of(arguments[11]),
            Path.of(arguments[0]),
            App.shop(Path.of(arguments[1])),
            jars.get(0),
            Way.of("whorl"),
            jars,
            settings,
            readable,
            folder)) {
      CaptureCosts costs =
          new CaptureCosts(
              collector,
              application,
              client,
              Double.parseDouble(arguments[3]),
              Double.parseDouble(arguments[5]));
      costs.run(Integer.parseInt(arguments[2]), Double.parseDouble(arguments[4]), folder);
    } finally {
      Application.delete(folder);
    }
  }

  private void run(int rounds, double mebibytes, Path folder)
      throws IOException, InterruptedException {
    application.secondsToFirstAnswer();
    collector.awaitAgent();
    fill(mebibytes, folder);
    for (int round = 0; round < rounds; round++) {
      List<Trigger> order = new ArrayList<>(List.of(Trigger.values()));
      Collections.rotate(order, round);
      for (Trigger trigger : order) {
        measure(trigger);
        System.err.printf("round %d of %d: %s%n", round + 1, rounds, trigger.label());
      }
    }
    figures.print(Stream.of(Trigger.values()).map(Trigger::label).toList());
  }

  /** Gives the recording something to hold, and warms up what captures run through. */
  private void fill(double mebibytes, Path folder) throws IOException, InterruptedException {
    double holds = 0;
    for (int i = 0; i < FILL_TIMES && holds < mebibytes; i++) {
      ClosedLoad.run(application.port, List.of(INVOICE), FILL_CONNECTIONS, FILL_SECONDS, folder);
      Set<String> before = collector.captures();
      collector.request(SERVICE, "recording");
      holds = collector.mebibytes(collector.awaitSealed(before).evidence(), "recording.jfr");
      System.err.printf("the recording holds %.1f MiB%n", holds);
    }
  }

  private void measure(Trigger trigger) throws IOException, InterruptedException {
    collector.awaitQuiet();
    Set<String> before = collector.captures();
    PacedLoad load = PacedLoad.begin(application.port, PATHS, rate);
    long beganNanos;
    long alertNanos;
    long overNanos;
    try (load;
        Arrivals arrivals = new Arrivals(collector.folder().resolve("incoming"))) {
      TimeUnit.SECONDS.sleep(2);
      beganNanos = System.nanoTime();
      TimeUnit.SECONDS.sleep(BEFORE_SECONDS);
      alertNanos = System.nanoTime();
      Instant alert = Instant.now();
      switch (trigger) {
        case NONE -> TimeUnit.MILLISECONDS.sleep((long) (after * 1000) + 1000);
        case REQUEST -> collector.request(SERVICE, ASKED_FOR);
        case ALERT -> attack();
      }
      if (trigger != Trigger.NONE) {
        Collector.Sealed sealed = collector.awaitSealed(before);
        double took = seconds(alert, sealed.at());
        double firstByte = seconds(alert, arrivals.first());
        if (trigger == Trigger.ALERT) {
          figures.add(
              "alert at the collector, s",
              trigger.label(),
              seconds(alert, collector.newestAlert(RULE)));
        }
        figures.add("first byte, s", trigger.label(), firstByte);
        figures.add("sealed, s", trigger.label(), took);
        figures.add("sealed beyond after, s", trigger.label(), took - after);
        figures.add(
            "recording, MiB",
            trigger.label(),
            collector.mebibytes(sealed.evidence(), "recording.jfr"));
      }
      overNanos = System.nanoTime();
    }
    PacedLoad.Latencies quiet = load.between(beganNanos, alertNanos);
    PacedLoad.Latencies meanwhile = load.between(alertNanos, overNanos);
    latency("p50", trigger, quiet.p50(), meanwhile.p50());
    latency("p99", trigger, quiet.p99(), meanwhile.p99());
    latency("p99.9", trigger, quiet.p999(), meanwhile.p999());
  }

  private void latency(String name, Trigger trigger, double before, double meanwhile) {
    figures.add(name + " before, ms", trigger.label(), before);
    figures.add(name + " meanwhile, ms", trigger.label(), meanwhile);
    figures.add(name + " meanwhile/before", trigger.label(), meanwhile / before);
  }

  private void attack() throws IOException, InterruptedException {
    client.send(
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + application.port + ATTACK))
            .build(),
        HttpResponse.BodyHandlers.discarding());
  }

  private static double seconds(Instant from, Instant to) {
    return to == null ? Double.NaN : Duration.between(from, to).toNanos() / 1e9;
  }
}
