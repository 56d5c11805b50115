import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs the application each way in turn, round after round, and prints what it cost. */
public final class Compare {
  private static final int CONNECTIONS = 16;

  /** Few, so that the JVM's compilers have the time for what the figures afterwards are of. */
  private static final int WARM_UP_CONNECTIONS = 2;

  /** Where there is no load, memory is looked at so long after the first answer. */
  private static final long SETTLED_MILLIS = 3_000;

  private final Path home;
  private final App app;
  private final List<Path> jars;
  private final Place place;
  private final int warmUpSeconds;
  private final int seconds;
  private final Archives archives;
  private final Figures figures = new Figures();

  private Compare(
      Path home,
      App app,
      List<Path> jars,
      Place place,
      int warmUpSeconds,
      int seconds,
      Archives archives) {
    this.home = home;
    this.app = app;
    this.jars = jars;
    this.place = place;
    this.warmUpSeconds = warmUpSeconds;
    this.seconds = seconds;
    this.archives = archives;
  }

  /**
   * Arguments: JDK, application, rounds, seconds of each load (0 for none), ways, where, as {@link
   * Place#of} takes it, seconds of the load before, and a folder for archives to start from; none
   * where it is left out.
   */
  public static void main(String[] arguments) throws Exception {
    List<Path> jars =
        Stream.of(System.getProperty("java.class.path").split(":")).map(Path::of).toList();
    List<Way> ways =
        Stream.of(arguments[4].split(",")).map(Way::of).toList();
    Path home = Path.of(arguments[0]);
    App app = App.shop(Path.of(arguments[1]));
    Place place = Place.of(arguments[5]);
    Archives archives =
        arguments.length < 8
            ? null
            : new Archives(place, home, app, jars, Path.of(arguments[7]));
    Compare compare =
        new Compare(
            home,
            app,
            jars,
            place,
            Integer.parseInt(arguments[6]),
            Integer.parseInt(arguments[3]),
            archives);
    int rounds = Integer.parseInt(arguments[2]);
    for (int round = 0; round < rounds; round++) {
      List<Way> order = new ArrayList<>(ways);
      Collections.rotate(order, round);
      for (Way way : order) {
        compare.run(way);
        System.err.printf("round %d of %d: %s%n", round + 1, rounds, way.label());
      }
    }
    compare.figures.print(ways.stream().map(Way::label).toList());
  }

  private void run(Way way) throws IOException, InterruptedException {
    Map<String, String> settings = archives == null ? Map.of() : archives.settings(way);
    Path folder = Files.createTempDirectory("compare");
    try (Application application =
        new Application(place, home, app, jars.get(0), way, jars, settings, List.of(), folder)) {
      figures.add("first answer, s", way.label(), application.secondsToFirstAnswer());
      figures.add("CPU until then, s", way.label(), application.cpuSeconds());
      figures.add("main, s", way.label(), application.secondsToMain());
      if (seconds > 0) {
        loads(way, application, folder);
      } else {
        Thread.sleep(SETTLED_MILLIS);
      }
      figures.add("resident, MiB", way.label(), application.residentMebibytes());
      figures.add("threads", way.label(), application.threads());
      figures.add("classes", way.label(), application.loadedClasses());
      figures.add("heap, MiB", way.label(), application.heapMebibytes());
    } finally {
      Application.delete(folder);
    }
  }

  private void loads(Way way, Application application, Path folder)
      throws IOException, InterruptedException {
    ClosedLoad warmUp =
        ClosedLoad.run(application.port, app.paths(), WARM_UP_CONNECTIONS, warmUpSeconds, folder);
    figures.add("warming up, requests/s", way.label(), warmUp.requestsPerSecond());
    // What was compiled for two connections is compiled anew for many, which takes its time again.
    ClosedLoad more =
        ClosedLoad.run(application.port, app.paths(), CONNECTIONS, warmUpSeconds / 2, folder);
    figures.add("more at once, requests/s", way.label(), more.requestsPerSecond());
    ClosedLoad closed = ClosedLoad.run(application.port, app.paths(), CONNECTIONS, seconds, folder);
    figures.add("closed, requests/s", way.label(), closed.requestsPerSecond());
    figures.add("closed p50, ms", way.label(), closed.p50());
    figures.add("closed p99, ms", way.label(), closed.p99());
    figures.add("closed p99.9, ms", way.label(), closed.p999());
    double rate = figures.median("closed, requests/s", "none") / 2;
    if (Double.isNaN(rate)) {
      rate = closed.requestsPerSecond() / 2;
    }
    double before = application.cpuSeconds();
    PacedLoad.Latencies paced = PacedLoad.run(application.port, app.paths(), rate, seconds);
    double cpu = application.cpuSeconds() - before;
    figures.add("paced p50, ms", way.label(), paced.p50());
    figures.add("paced p99, ms", way.label(), paced.p99());
    figures.add("paced p99.9, ms", way.label(), paced.p999());
    figures.add("paced CPU/request, us", way.label(), cpu * 1e6 / paced.requests());
  }
}
