package whorl.behaviour.starts;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says; {@code agent/behaviour/starts} explains it.
 *
 * @param count of starts, for each count of processors
 * @param collectors without, with, or both
 * @param maxSeconds after which no start is begun
 * @param reports a folder for what is to see of failures
 */
record Options(
    int count,
    List<Integer> processors,
    List<Jdk> jdks,
    List<Boolean> collectors,
    List<Program> programs,
    Duration limit,
    int workers,
    long maxSeconds,
    Path agent,
    @Nullable Path state,
    Path reports) {
  private static final int COUNT_MAX = 100_000;

  static Options parse(String[] arguments, Path root) throws IOException {
    int count = 60;
    List<Integer> processors = List.of(1, 2);
    List<Jdk> jdks = new ArrayList<>();
    List<Boolean> collectors = List.of(false);
    List<Program> programs = List.of(Program.values());
    long limitSeconds = 120;
    int workers = 2;
    long maxSeconds = Long.MAX_VALUE;
    Path agent = root.resolve("agent/dist/target/whorl-agent.jar");
    Path state = null;
    Path reports = root.resolve("agent/behaviour/target/starts");
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException("no value after " + arguments[i]);
      }
      String value = arguments[i + 1];
      switch (arguments[i]) {
        case "-n" -> count = number(value, COUNT_MAX);
        case "-c" -> processors = words(value).map(word -> number(word, 1024)).toList();
        case "-j" -> {
          for (String home : value.split(",", -1)) {
            jdks.add(Jdk.of(Path.of(home)));
          }
        }
        case "-k" -> collectors = collectors(value);
        case "-p" -> programs = words(value).map(Program::of).toList();
        case "-t" -> limitSeconds = number(value, 3600);
        case "-w" -> workers = number(value, 64);
        case "-m" -> maxSeconds = 60L * number(value, 7 * 24 * 60);
        case "-J" -> agent = Path.of(value);
        case "--state" -> state = Path.of(value).toAbsolutePath();
        case "--reports" -> reports = Path.of(value);
        default -> throw new IllegalArgumentException("no such option: " + arguments[i]);
      }
    }
    return new Options(
        count,
        processors,
        jdks.isEmpty() ? Jdk.installed() : List.copyOf(jdks),
        collectors,
        programs,
        Duration.ofSeconds(limitSeconds),
        workers,
        maxSeconds,
        agent.toAbsolutePath(),
        state,
        reports.toAbsolutePath());
  }

  private static List<Boolean> collectors(String value) {
    return switch (value) {
      case "no" -> List.of(false);
      case "yes" -> List.of(true);
      case "both" -> List.of(false, true);
      default -> throw new IllegalArgumentException("-k is no, yes or both, not " + value);
    };
  }

  private static Stream<String> words(String value) {
    return Arrays.stream(value.split(",", -1));
  }

  private static int number(String value, int most) {
    int number = Integer.parseInt(value);
    if (number < 1 || number > most) {
      throw new IllegalArgumentException("not from 1 to " + most + ": " + value);
    }
    return number;
  }
}
