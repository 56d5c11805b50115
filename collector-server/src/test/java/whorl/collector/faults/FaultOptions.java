package whorl.collector.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a run is like.
 *
 * @param embedded one collector keeps everything in its folder; otherwise several share PostgreSQL
 *     and S3
 * @param pairs two faults at once, each of another part
 * @param faults how long faults are made at most
 * @param kinds the faults beside kills, each made once before any is made twice
 * @param number of faults beside kills, at most
 * @param quiet how long the collectors may take afterwards until everything is sealed
 * @param killEvery the time between two kills of a collector
 * @param faultEvery the time between two other faults; each lasts about as long
 * @param piecesPerMinute that all simulated agents together begin by themselves
 * @param jvms real JVMs with the agent
 * @param folder for everything; kept if there is a violation
 */
record FaultOptions(
    boolean embedded,
    boolean pairs,
    long seed,
    Duration faults,
    List<FaultKind> kinds,
    int number,
    Duration quiet,
    Duration killEvery,
    Duration faultEvery,
    int agents,
    int piecesPerMinute,
    int jvms,
    int collectors,
    Path folder) {

  /** The shortest form: the faults of {@link FaultKind#WORST}, each once. */
  static FaultOptions shortest(long seed, Path folder) {
    return once(FaultKind.WORST, 8, seed, folder);
  }

  /** The short form: each fault once. */
  static FaultOptions small(long seed, Path folder) {
    return once(FaultKind.possible(false), 20, seed, folder);
  }

  /** The short form for one collector with its folder: each fault that it can have, once. */
  static FaultOptions embedded(long seed, Path folder) {
    return once(true, FaultKind.possible(true), 20, seed, folder);
  }

  private static FaultOptions once(List<FaultKind> kinds, int agents, long seed, Path folder) {
    return once(false, kinds, agents, seed, folder);
  }

  private static FaultOptions once(
      boolean embedded, List<FaultKind> kinds, int agents, long seed, Path folder) {
    return new FaultOptions(
        embedded,
        false,
        seed,
        Duration.ofSeconds(120),
        kinds,
        kinds.size(),
        Duration.ofSeconds(240),
        Duration.ofSeconds(8),
        Duration.ofMillis(1_200),
        agents,
        60,
        0,
        embedded ? 1 : 3,
        folder);
  }

  /**
   * Reads {@code --embedded --pairs --minutes N --seed N …}.
   *
   * @throws IllegalArgumentException for anything else
   */
  static FaultOptions parse(String... arguments) {
    long seed = System.nanoTime() & 0xffffff;
    int minutes = 10;
    int seconds = 0;
    int agents = 200;
    int kill = 0;
    boolean embedded = false;
    boolean pairs = false;
    int pieces = 60;
    int jvms = 3;
    String folder = "target/faults";
    for (int i = 0; i < arguments.length; i++) {
      String option = arguments[i];
      if (option.equals("--embedded")) {
        embedded = true;
        continue;
      }
      if (option.equals("--pairs")) {
        pairs = true;
        continue;
      }
      if (++i == arguments.length) {
        throw new IllegalArgumentException("no value: " + option);
      }
      String value = arguments[i];
      switch (option) {
        case "--seed" -> seed = Long.parseLong(value);
        case "--minutes" -> minutes = Integer.parseInt(value);
        case "--seconds" -> seconds = Integer.parseInt(value);
        case "--agents" -> agents = Integer.parseInt(value);
        case "--kill-every" -> kill = Integer.parseInt(value);
        case "--pieces" -> pieces = Integer.parseInt(value);
        case "--jvms" -> jvms = Integer.parseInt(value);
        case "--folder" -> folder = value;
        default -> throw new IllegalArgumentException("no such option: " + option);
      }
    }
    if (kill == 0) {
      kill = embedded ? 25 : 5; // one alone must be up for a while in between
    }
    return new FaultOptions(
        embedded,
        pairs,
        seed,
        seconds > 0 ? Duration.ofSeconds(seconds) : Duration.ofMinutes(minutes),
        FaultKind.possible(embedded),
        Integer.MAX_VALUE,
        Duration.ofMinutes(6),
        Duration.ofSeconds(kill),
        Duration.ofSeconds(5),
        agents,
        pieces,
        jvms,
        embedded ? 1 : 3,
        Path.of(folder).toAbsolutePath());
  }
}
