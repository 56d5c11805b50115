package whorl.collector.confine;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What shall run in a confined JVM, and what it may take.
 *
 * @param mainClass a public class of our own class path with a {@code main}
 * @param arguments of {@code main}; seen by whoever lists processes, so never a secret
 * @param heapBytes of the Java heap
 * @param metaspaceBytes for classes
 * @param timeLimit by the wall clock, after which it is killed
 * @param outputMaxBytes of standard output, after which it is killed
 * @param quickStart whether only the quick compiler is used: for work of a few seconds
 */
public record ConfinedRun(
    String mainClass,
    List<String> arguments,
    long heapBytes,
    long metaspaceBytes,
    Duration timeLimit,
    long outputMaxBytes,
    boolean quickStart) {
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

  /** With 128 MiB of metaspace, 64 MiB of output and both compilers. */
  public static ConfinedRun of(
      Class<?> main, List<String> arguments, long heapBytes, Duration timeLimit) {
    return new ConfinedRun(
        main.getName(), arguments, heapBytes, METASPACE_BYTES, timeLimit, OUTPUT_MAX_BYTES, false);
  }

  /** The same, started quickly and never compiled well. */
  public ConfinedRun quick() {
    return new ConfinedRun(
        mainClass, arguments, heapBytes, metaspaceBytes, timeLimit, outputMaxBytes, true);
  }

  /** The same with another bound of standard output. */
  public ConfinedRun outputMax(long bytes) {
    return new ConfinedRun(
        mainClass, arguments, heapBytes, metaspaceBytes, timeLimit, bytes, quickStart);
  }

  private static void positive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " is not positive: " + value);
    }
  }
}
