package whorl.collector.performance.series;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** Puts a known load on a JVM of its own while JFR records it. */
public final class MeasuredLoad {
  static final int REQUESTS = 20;
  static final int FAILED = 5;
  static final int COLLECTIONS = 3;
  static final int EXCEPTIONS = 300;
  static final long ALLOCATED_BYTES = 200L << 20;
  static final long LONGEST_REQUEST_MILLIS = 250;

  private static volatile Object kept = "";

  private MeasuredLoad() {}

  /** As the agent's event, without what is not measured. */
  @Name("whorl.HttpRequest")
  @StackTrace(false)
  static final class Request extends Event {
    String path;
    int status;
    long requestBytes;
    long responseBytes;
    long repeated;

    @Timespan(Timespan.NANOSECONDS)
    long elapsed;
  }

  /** Records the load with the {@code java} of this JVM. */
  public static Path record(Path folder) throws IOException, InterruptedException {
    return record(Path.of(System.getProperty("java.home"), "bin", "java"), folder);
  }

  static Path record(Path java, Path folder) throws IOException, InterruptedException {
    Path recording = folder.resolve("load.jfr");
    Path log = folder.resolve("load.log");
    Process process =
        new ProcessBuilder(
                java.toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                MeasuredLoad.class.getName(),
                recording.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new AssertionError(Files.readString(log));
    }
    return recording;
  }

  /** A JDK of this version on this machine; null if there is none. */
  static @Nullable Path jdk(int version) throws IOException {
    Path homes = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(homes)) {
      return null;
    }
    try (Stream<Path> all = Files.list(homes)) {
      return all.filter(home -> home.getFileName().toString().contains("-" + version))
          .map(home -> home.resolve("bin/java"))
          .filter(Files::isExecutable)
          .findFirst()
          .orElse(null);
    }
  }

  public static void main(String[] arguments) throws IOException {
    try (Recording recording = new Recording()) {
      for (String often :
          List.of(
              "jdk.CPULoad",
              "jdk.JavaThreadStatistics",
              "jdk.ClassLoadingStatistics",
              "jdk.ExceptionStatistics")) {
        recording.enable(often).withPeriod(Duration.ofMillis(100));
      }
      recording.enable("jdk.GarbageCollection").withoutThreshold();
      recording.enable("jdk.GCHeapSummary");
      recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(10));
      recording.enable("jdk.ObjectAllocationSample").with("throttle", "1000/s");
      recording.enable("jdk.JavaErrorThrow").withStackTrace();
      recording.enable(Request.class);
      recording.start();
      compute(700);
      allocate();
      serve();
      fail();
      compute(700);
      recording.dump(Path.of(arguments[0]));
    }
  }

  private static void compute(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    double value = 0;
    while (System.nanoTime() < end) {
      value += Math.sin(value + 1);
    }
    kept = value;
  }

  private static void allocate() {
    List<byte[]> some = new ArrayList<>();
    for (long bytes = 0; bytes < ALLOCATED_BYTES; bytes += 64 << 10) {
      some.add(new byte[64 << 10]);
      if (some.size() > 100) {
        some.clear();
      }
    }
    kept = some;
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
  }

  private static void serve() {
    for (int i = 0; i < REQUESTS; i++) {
      Request request = new Request();
      request.path = "/" + i;
      request.status = i < FAILED ? 500 : 200;
      request.requestBytes = 10;
      request.responseBytes = 1_000;
      request.elapsed = TimeUnit.MILLISECONDS.toNanos(i == 0 ? LONGEST_REQUEST_MILLIS : 10);
      request.commit();
    }
    Request counted = new Request();
    counted.path = "/healthz";
    counted.status = 200;
    counted.repeated = 9;
    counted.commit();
  }

  private static void fail() {
    for (int i = 0; i < EXCEPTIONS; i++) {
      try {
        throw new IllegalStateException("expected");
      } catch (IllegalStateException expected) {
        kept = expected;
      }
    }
  }
}
