import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the application does from its first answer on, when its traffic is there at once: each way
 * in turn, round after round. Requests are counted for a second at a time.
 */
public final class Rollout {
  private static final int ROW_SECONDS = 5;
  private static final int FIRST_SECONDS = 15;

  /** The last seconds, whose median is the steady latency of the application. */
  private static final int STEADY_SECONDS = 10;

  private static final double NEARLY = 0.9;

  private final Path home;
  private final App app;
  private final List<Path> jars;
  private final Place place;
  private final int connections;
  private final int seconds;
  private final boolean half;
  private final Figures figures = new Figures();

  private Rollout(
      Path home,
      App app,
      List<Path> jars,
      Place place,
      int connections,
      int seconds,
      boolean half) {
    this.home = home;
    this.app = app;
    this.jars = jars;
    this.place = place;
    this.connections = connections;
    this.seconds = seconds;
    this.half = half;
  }

  /**
   * Arguments: JDK, application, its class path, rounds, seconds of load, connections, ways, where,
   * as {@link Place#of} takes it, and {@code half} for a load at half of what the first way comes
   * to, or nothing.
   */
  public static void main(String[] arguments) throws Exception {
    List<Path> files = paths(arguments[2]);
    Rollout rollout =
        new Rollout(
            Path.of(arguments[0]),
            App.named(arguments[1], files),
            paths(System.getProperty("java.class.path")),
            Place.of(arguments[7]),
            Integer.parseInt(arguments[5]),
            Integer.parseInt(arguments[4]),
            arguments[8].equals("half"));
    List<Way> ways = Stream.of(arguments[6].split(",")).map(Way::of).toList();
    int rounds = Integer.parseInt(arguments[3]);
    try {
      rollout.rounds(rounds, ways);
    } finally {
      // what was measured is printed, too, if one of the last runs failed
      rollout.figures.print(ways.stream().map(Way::label).toList());
    }
  }

  private void rounds(int rounds, List<Way> ways) throws IOException, InterruptedException {
    for (int round = 0; round < rounds; round++) {
      List<Way> order = new ArrayList<>(ways);
      Collections.rotate(order, round);
      for (Way way : order) {
        run(way, ways.get(0));
        System.err.printf("round %d of %d: %s%n", round + 1, rounds, way.label());
      }
    }
  }

  private static List<Path> paths(String joined) {
    return Stream.of(joined.split(":")).map(Path::of).toList();
  }

  private void run(Way way, Way first) throws IOException, InterruptedException {
    full(way);
    if (half) {
      half(way, figures.median("steady, requests/s", first.label()) / 2);
    }
  }

  private void full(Way way) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("rollout");
    try (Application application = start(way, folder)) {
      figures.add("first answer, s", way.label(), application.secondsToFirstAnswer());
      List<ClosedLoad> each = new ArrayList<>();
      for (int second = 0; second < seconds; second++) {
        each.add(ClosedLoad.run(application.port, app.paths(), connections, 1, folder));
      }
      rows(way, each);
      double before = application.cpuSeconds();
      ClosedLoad last =
          ClosedLoad.run(application.port, app.paths(), connections, ROW_SECONDS, folder);
      double cpu = application.cpuSeconds() - before;
      figures.add(
          "CPU/request then, us",
          way.label(),
          cpu * 1e6 / (last.requestsPerSecond() * ROW_SECONDS));
      figures.add("resident then, MiB", way.label(), application.residentMebibytes());
    } finally {
      Application.delete(folder);
    }
  }

  private void rows(Way way, List<ClosedLoad> each) {
    double first = 0;
    for (int from = 0; from + ROW_SECONDS <= each.size(); from += ROW_SECONDS) {
      List<ClosedLoad> row = each.subList(from, from + ROW_SECONDS);
      double requests = row.stream().mapToDouble(ClosedLoad::requestsPerSecond).sum();
      String when = from + "-" + (from + ROW_SECONDS) + " s, ";
      figures.add(when + "requests/s", way.label(), requests / ROW_SECONDS);
      figures.add(when + "p50, ms", way.label(), middle(row, false));
      figures.add(when + "p99, ms", way.label(), middle(row, true));
      if (from < FIRST_SECONDS) {
        first += requests;
      }
    }
    figures.add("first " + FIRST_SECONDS + " s, requests", way.label(), first);
    List<Double> last =
        each.subList(Math.max(0, each.size() - STEADY_SECONDS), each.size()).stream()
            .map(ClosedLoad::requestsPerSecond)
            .sorted()
            .toList();
    double steady = last.get(last.size() / 2);
    figures.add("steady, requests/s", way.label(), steady);
    int reached = 0;
    while (reached < each.size() && each.get(reached).requestsPerSecond() < NEARLY * steady) {
      reached++;
    }
    figures.add("until 90 % of that, s", way.label(), reached + 1);
  }

  private static double middle(List<ClosedLoad> row, boolean late) {
    List<Double> sorted =
        row.stream().map(one -> late ? one.p99() : one.p50()).sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private void half(Way way, double rate) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("rollout");
    try (Application application = start(way, folder)) {
      application.secondsToFirstAnswer();
      PacedLoad load = PacedLoad.begin(application.port, app.paths(), rate);
      long begun = System.nanoTime();
      try (load) {
        Thread.sleep(seconds * 1000L);
      }
      for (int from = 0; from + ROW_SECONDS <= seconds; from += ROW_SECONDS) {
        PacedLoad.Latencies row =
            load.between(begun + from * 1_000_000_000L, begun + (from + ROW_SECONDS) * 1_000_000_000L);
        String when = from + "-" + (from + ROW_SECONDS) + " s at half, ";
        figures.add(when + "p50, ms", way.label(), row.p50());
        figures.add(when + "p99, ms", way.label(), row.p99());
      }
    } finally {
      Application.delete(folder);
    }
  }

  private Application start(Way way, Path folder) throws IOException {
    return new Application(
        place, home, app, jars.get(0), way, jars, Map.of(), List.of(), folder);
  }
}
