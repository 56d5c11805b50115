import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What each part of the agent costs, by taking it away: processor time a request while nothing is
 * compiled, which does not depend on the compilers' queue, and when it is.
 */
public final class Parts {
  private static final String COLD = "cold, us";
  private static final String WARM = "warm, us";
  private static final String LATE = "p99, ms";
  private static final String RESIDENT = "MiB";
  private static final List<String> FIGURES = List.of(COLD, WARM, LATE, RESIDENT);

  /** After the first answer, in which the agent gets ready for the rest. */
  private static final int SETTLE_SECONDS = 8;

  private static final int COLD_BEFORE = 200;
  private static final int COLD_REQUESTS = 3_000;

  /** A few connections leave the compilers a processor. */
  private static final int WARM_CONNECTIONS = 2;

  private static final int WARM_SECONDS = 10;
  private static final int ROW_WIDTH = 26;
  private static final int CELL_WIDTH = 18;

  private final Path home;
  private final App app;
  private final List<Path> jars;
  private final int warmUpSeconds;
  private final Figures figures = new Figures();

  private Parts(Path home, App app, List<Path> jars, int warmUpSeconds) {
    this.home = home;
    this.app = app;
    this.jars = jars;
    this.warmUpSeconds = warmUpSeconds;
  }

  /** Arguments: JDK, application, its class path, rounds, seconds of warming up, ways. */
  public static void main(String[] arguments) throws Exception {
    Parts parts =
        new Parts(
            Path.of(arguments[0]),
            App.named(arguments[1], paths(arguments[2])),
            paths(System.getProperty("java.class.path")),
            Integer.parseInt(arguments[4]));
    List<Way> ways = Stream.of(arguments[5].split(",")).map(Way::of).toList();
    int rounds = Integer.parseInt(arguments[3]);
    for (int round = 0; round < rounds; round++) {
      List<Way> order = new ArrayList<>(ways);
      Collections.rotate(order, round);
      for (Way way : order) {
        parts.cold(way);
        parts.warm(way);
        System.err.printf("round %d of %d: %s%n", round + 1, rounds, way.label());
      }
    }
    parts.print(ways);
  }

  private static List<Path> paths(String joined) {
    return Stream.of(joined.split(":")).map(Path::of).toList();
  }

  private void cold(Way way) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("parts");
    try (Application application = started(way.with("-Xint"), folder)) {
      ask(application.port, COLD_BEFORE);
      double before = application.cpuSeconds();
      ask(application.port, COLD_REQUESTS);
      double cpu = application.cpuSeconds() - before;
      figures.add(COLD, way.label(), cpu * 1e6 / COLD_REQUESTS);
    } finally {
      Application.delete(folder);
    }
  }

  private void warm(Way way) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("parts");
    try (Application application = started(way, folder)) {
      ClosedLoad.run(application.port, app.paths(), WARM_CONNECTIONS, warmUpSeconds, folder);
      double before = application.cpuSeconds();
      ClosedLoad load =
          ClosedLoad.run(application.port, app.paths(), WARM_CONNECTIONS, WARM_SECONDS, folder);
      double cpu = application.cpuSeconds() - before;
      figures.add(WARM, way.label(), cpu * 1e6 / (load.requestsPerSecond() * WARM_SECONDS));
      figures.add(LATE, way.label(), load.p99());
      figures.add(RESIDENT, way.label(), application.residentMebibytes());
    } finally {
      Application.delete(folder);
    }
  }

  private Application started(Way way, Path folder) throws IOException, InterruptedException {
    Application application =
        new Application(
            Place.of(""), home, app, jars.get(0), way, jars, Map.of(), List.of(), folder);
    application.secondsToFirstAnswer();
    TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
    return application;
  }

  /** One request after the other, over one connection. */
  private void ask(int port, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      String path = app.paths().get(i % app.paths().size());
      HttpURLConnection connection =
          (HttpURLConnection) URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
      try (InputStream in = connection.getInputStream()) {
        in.readAllBytes();
      }
    }
  }

  /** A row for each way, each figure beside what it has more than the first. */
  private void print(List<Way> ways) {
    StringBuilder head = new StringBuilder(String.format("%-" + ROW_WIDTH + "s", ""));
    FIGURES.forEach(figure -> head.append(String.format("%" + CELL_WIDTH + "s", figure)));
    System.out.println(head);
    for (Way way : ways) {
      StringBuilder row = new StringBuilder(String.format("%-" + ROW_WIDTH + "s", way.label()));
      for (String figure : FIGURES) {
        double median = figures.median(figure, way.label());
        double more = median - figures.median(figure, ways.get(0).label());
        String cell = String.format(Locale.ROOT, "%.2f (%+.2f)", median, more);
        row.append(String.format("%" + CELL_WIDTH + "s", cell));
      }
      System.out.println(row);
    }
  }
}
