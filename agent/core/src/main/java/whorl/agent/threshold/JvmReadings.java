package whorl.agent.threshold;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringTokenizer;
import java.util.function.LongSupplier;
import whorl.agent.capture.jvm.AllocatedBytes;
import whorl.agent.capture.jvm.HeapAfterCollection;
import whorl.agent.capture.jvm.PackageOpener;
import whorl.agent.config.AgentConfig.Reading;

/**
 * Readings of this JVM: from {@code /proc/self} (proc(5)), and the heap from its memory pools and
 * counters. For one thread.
 */
public final class JvmReadings implements ThresholdWatch.Readings {
  /** Ticks of {@code /proc/self/stat} per second, USER_HZ of all Linux ports of OpenJDK. */
  private static final int TICKS_PER_SECOND = 100;

  /** Fields of {@code /proc/self/stat} after the name in brackets: utime and stime. */
  private static final int USER_TIME = 11;

  private static final String OPEN_FILES = "Max open files";

  private final Path self;
  private final PackageOpener opener;
  private final int processors;
  private final LongSupplier nanoTime;
  private final AllocatedBytes allocated;
  private final AllocationRate allocation = new AllocationRate();
  private long ticksBefore;
  private long nanosBefore;
  private boolean sampled;
  private boolean descriptorsRead;

  /**
   * @param root {@code /}, or another root in tests
   * @param nanoTime a monotonic clock
   */
  public JvmReadings(Path root, PackageOpener opener, int processors, LongSupplier nanoTime) {
    this.self = root.resolve("proc/self");
    this.opener = opener;
    this.processors = processors;
    this.nanoTime = nanoTime;
    this.allocated = new AllocatedBytes(opener);
  }

  @Override
  public double read(Reading reading) throws IOException {
    return switch (reading) {
      case HEAP -> HeapAfterCollection.percent(opener);
      case CPU -> cpuPercent();
      case THREADS -> HeapAfterCollection.liveThreads(opener);
      case DESCRIPTORS -> descriptorsInUse();
      case ALLOCATION -> allocation.megabytesPerSecond(allocated.total(), nanoTime.getAsLong());
    };
  }

  /** Since the last call; negative at the first. */
  private double cpuPercent() throws IOException {
    String stat = text("stat");
    StringTokenizer fields = new StringTokenizer(stat.substring(stat.lastIndexOf(')') + 1));
    for (int i = 0; i < USER_TIME; i++) {
      fields.nextToken();
    }
    long ticks = Long.parseLong(fields.nextToken()) + Long.parseLong(fields.nextToken());
    long nanos = nanoTime.getAsLong();
    double share = -1;
    if (sampled && nanos > nanosBefore) {
      double seconds = (nanos - nanosBefore) / 1e9;
      share = 100.0 * (ticks - ticksBefore) / TICKS_PER_SECOND / seconds / processors;
    }
    sampled = true;
    ticksBefore = ticks;
    nanosBefore = nanos;
    return share;
  }

  /** Reading them takes a descriptor: if that worked before and fails now, none is left. */
  private double descriptorsInUse() throws IOException {
    try {
      double percent = descriptorsPercent();
      descriptorsRead = true;
      return percent;
    } catch (FileSystemException e) {
      if (descriptorsRead) {
        return 100;
      }
      throw e;
    }
  }

  private double descriptorsPercent() throws IOException {
    long limit = 0;
    for (String line : List.of(text("limits").split("\n"))) {
      if (line.startsWith(OPEN_FILES)) {
        String soft = new StringTokenizer(line.substring(OPEN_FILES.length())).nextToken();
        if (soft.equals("unlimited")) {
          throw new IOException("the number of open files is not limited");
        }
        limit = Long.parseLong(soft);
      }
    }
    if (limit == 0) {
      throw new IOException("/proc/self/limits does not say the limit of open files");
    }
    long open = 0;
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(self.resolve("fd"))) {
      for (Path each : descriptors) {
        open += each.getNameCount() > 0 ? 1 : 0;
      }
    }
    return 100.0 * open / limit;
  }

  private String text(String name) throws IOException {
    return new String(Files.readAllBytes(self.resolve(name)), StandardCharsets.ISO_8859_1);
  }
}
