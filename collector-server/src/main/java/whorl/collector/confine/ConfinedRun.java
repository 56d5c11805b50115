package whorl.collector.confine;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * A program for a confined JVM, and its limits.
 *
 * @param mainClass a public class of the collector's class path with a {@code main} method
 * @param arguments the arguments of {@code main}; visible in process lists, so never a secret
 * @param heapBytes the size limit of the Java heap
 * @param metaspaceBytes the size limit of the metaspace
 * @param timeLimit wall-clock time after which it is killed
 * @param outputMaxBytes bytes of standard output after which it is killed
 * @param quickStart true if only the C1 compiler is used, for work of a few seconds
 * @param background true if nobody waits for the outcome: while the processors are busy, the
 *     collector itself and whatever else runs there come first
 */
public record ConfinedRun(
    String mainClass,
    List<String> arguments,
    long heapBytes,
    long metaspaceBytes,
    Duration timeLimit,
    long outputMaxBytes,
    boolean quickStart,
    boolean background) {
  private static final long METASPACE_BYTES = 128L << 20;
  private static final long OUTPUT_MAX_BYTES = 64L << 20;

  public ConfinedRun {
    Objects.requireNonNull(mainClass, "mainClass");
    arguments = List.copyOf(arguments);
    positive("heapBytes", heapBytes);
    positive("metaspaceBytes", metaspaceBytes);
    positive("outputMaxBytes", outputMaxBytes);
    if (timeLimit.isNegative() || timeLimit.isZero()) {
      throw new IllegalArgumentException("timeLimit is not positive: " + timeLimit);
    }
  }

  /** Creates a run with 128 MiB of metaspace, 64 MiB of output and both compilers. */
  public static ConfinedRun of(
      Class<?> main, List<String> arguments, long heapBytes, Duration timeLimit) {
    return new ConfinedRun(
        main.getName(),
        arguments,
        heapBytes,
        METASPACE_BYTES,
        timeLimit,
        OUTPUT_MAX_BYTES,
        false,
        false);
  }

  /**
   * Returns a copy that uses only the C1 compiler: it starts quickly but its code is optimized
   * less.
   */
  public ConfinedRun quick() {
    return new ConfinedRun(
        mainClass,
        arguments,
        heapBytes,
        metaspaceBytes,
        timeLimit,
        outputMaxBytes,
        true,
        background);
  }

  /** Returns a copy for work that nobody waits for. */
  public ConfinedRun inBackground() {
    return new ConfinedRun(
        mainClass,
        arguments,
        heapBytes,
        metaspaceBytes,
        timeLimit,
        outputMaxBytes,
        quickStart,
        true);
  }

  /** Returns a copy with another limit of standard output. */
  public ConfinedRun outputMax(long bytes) {
    return new ConfinedRun(
        mainClass, arguments, heapBytes, metaspaceBytes, timeLimit, bytes, quickStart, background);
  }

  private static void positive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " is not positive: " + value);
    }
  }
}
