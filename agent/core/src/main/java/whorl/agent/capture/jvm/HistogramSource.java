package whorl.agent.capture.jvm;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.LongSupplier;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;
import whorl.evidence.ArtifactName;
import whorl.evidence.channel.ArtifactKind;

/**
 * Captures the number of objects and bytes per class in {@code histogram.txt}. Unreachable objects
 * are counted too, which avoids a garbage collection. Still, the application pauses while the heap
 * is walked, so large heaps are skipped.
 */
public final class HistogramSource implements ArtifactSource {
  static final ArtifactName NAME = new ArtifactName("histogram.txt");

  // 8 million small objects in 1 GB took 0.2 s; this leaves a margin for slower machines and
  // smaller objects.
  private static final long BYTES_PER_SECOND = 512L << 20;
  private static final Duration ALERT_PAUSE_LIMIT = Duration.ofMillis(20);
  private static final int PIECE_CHARS = 8 << 10;
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final DiagnosticCommands commands;
  private final LongSupplier heapUsedBytes;
  private final Duration pauseLimit;
  private final boolean ofOutOfMemory;

  /**
   * For all captures except out-of-memory alerts.
   *
   * @param pauseLimit how long the application may pause for a requested histogram; for an alert
   *     the pause must not be noticeable
   */
  public HistogramSource(
      DiagnosticCommands commands, LongSupplier heapUsedBytes, Duration pauseLimit) {
    this(commands, heapUsedBytes, pauseLimit, false);
  }

  private HistogramSource(
      DiagnosticCommands commands,
      LongSupplier heapUsedBytes,
      Duration pauseLimit,
      boolean ofOutOfMemory) {
    this.commands = commands;
    this.heapUsedBytes = heapUsedBytes;
    this.pauseLimit = pauseLimit;
    this.ofOutOfMemory = ofOutOfMemory;
  }

  /**
   * For out-of-memory alerts: runs at once, since what fills the memory is soon released, and with
   * the pause limit of a request, since such captures exist for this.
   */
  public static HistogramSource ofOutOfMemory(
      DiagnosticCommands commands, LongSupplier heapUsedBytes, Duration pauseLimit) {
    return new HistogramSource(commands, heapUsedBytes, pauseLimit, true);
  }

  @Override
  public String kind() {
    return ArtifactKind.HISTOGRAM;
  }

  @Override
  public Moment moment(CaptureContext context) {
    return ofOutOfMemory ? Moment.AT_ONCE : Moment.AFTER;
  }

  @Override
  public Duration deadline() {
    return DEADLINE;
  }

  @Override
  public void collect(CaptureContext context, ArtifactOutput out) throws IOException {
    if (context.outOfMemory() != ofOutOfMemory) {
      return;
    }
    long expectedMillis = heapUsedBytes.getAsLong() * 1_000 / BYTES_PER_SECOND;
    boolean forAlert = context.alert() != null && !ofOutOfMemory;
    long limitMillis = (forAlert ? ALERT_PAUSE_LIMIT : pauseLimit).toMillis();
    if (expectedMillis > limitMillis && !context.force()) {
      String reason =
          "the application could stand still for "
              + expectedMillis
              + " ms, more than "
              + limitMillis
              + "; ask for it";
      if (forAlert) {
        out.log(NAME + ": left out: " + reason);
      } else {
        out.missing(NAME.value(), reason + " with force");
      }
      return;
    }
    String histogram = commands.run("GC.class_histogram -all");
    try (Writer writer =
        new OutputStreamWriter(
            out.create(NAME, "text/plain; charset=utf-8"), StandardCharsets.UTF_8)) {
      // A writer copies the whole text into a char[] of its own, and memory may be short.
      for (int at = 0; at < histogram.length(); at += PIECE_CHARS) {
        writer.write(histogram, at, Math.min(PIECE_CHARS, histogram.length() - at));
      }
    }
    out.log("histogram.txt: by GC.class_histogram -all, objects that nothing reaches included");
  }
}
