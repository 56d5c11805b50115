import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the benchmarks, each way in turn, round after round, and prints what they took. */
public final class Measure {
  /** What is hooked is done by classes of this package, as an application would. */
  private static final String HOOKED = "application\\.";

  private static final String INNER = "whorl\\.";

  private final Path home;
  private final Path agent;
  private final int iterations;
  private final double seconds;
  private final String names;
  private final int threads;
  private final Table table = new Table();

  private Measure(
      Path home, Path agent, int iterations, double seconds, String names, int threads) {
    this.threads = threads;
    this.home = home;
    this.agent = agent;
    this.iterations = iterations;
    this.seconds = seconds;
    // A class is shown without the end of its name.
    this.names = names.replace(".", "(Benchmark)?.");
  }

  /**
   * Arguments: JDK, agent, rounds, iterations, seconds of one, ways, names of benchmarks, threads; 0
   * is as many as a benchmark says.
   */
  public static void main(String[] arguments) throws RunnerException {
    List<Way> ways = Stream.of(arguments[5].split(",")).map(Way::of).toList();
    Measure measure =
        new Measure(
            Path.of(arguments[0]),
            Path.of(arguments[1]),
            Integer.parseInt(arguments[3]),
            Double.parseDouble(arguments[4]),
            arguments[6],
            Integer.parseInt(arguments[7]));
    int rounds = Integer.parseInt(arguments[2]);
    for (int round = 0; round < rounds; round++) {
      List<Way> order = new ArrayList<>(ways);
      Collections.rotate(order, round);
      for (Way way : order) {
        measure.run(HOOKED, way.word(), way.options(measure.agent));
        System.err.printf("round %d of %d: %s%n", round + 1, rounds, way.word());
      }
      measure.run(INNER, Table.ALONE, List.of("-Xmx512m"));
      System.err.printf("round %d of %d: inner parts%n", round + 1, rounds);
    }
    measure.table.print(ways.get(0).word());
  }

  private void run(String kind, String way, List<String> jvmOptions) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^(?=" + kind + ").*(" + names + ")")
            .jvm(home.resolve("bin/java").toString())
            .jvmArgs(jvmOptions.toArray(String[]::new))
            .forks(1)
            .warmupIterations(iterations)
            .warmupTime(time())
            .measurementIterations(iterations)
            .measurementTime(time())
            .addProfiler(GCProfiler.class)
            .verbosity(VerboseMode.SILENT);
    if (threads > 0) {
      options = options.threads(threads);
    }
    try {
      new Runner(options.build()).run().forEach(result -> table.add(way, result));
    } catch (NoBenchmarksException notOfThisKind) {
      // The names are all of the other kind.
    }
  }

  private TimeValue time() {
    return TimeValue.milliseconds((long) (seconds * 1000));
  }
}
