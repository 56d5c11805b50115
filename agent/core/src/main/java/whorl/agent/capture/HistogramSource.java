package whorl.agent.capture;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.LongSupplier;
import whorl.evidence.ArtifactName;

/**
 * How many objects of each class, and their bytes: {@code histogram.txt}. Objects that nothing
 * reaches any more are counted too, which spares a collection of garbage; yet the heap is walked
 * while the application stands still, so a large heap is left alone.
 */
final class HistogramSource implements ArtifactSource {
  static final ArtifactName NAME = new ArtifactName("histogram.txt");

  // 8 million small objects in 1 GB took 0.2 s; a slower machine and smaller objects are allowed
  // for.
  private static final long BYTES_PER_SECOND = 512L << 20;
  private static final Duration ALERT_PAUSE_LIMIT = Duration.ofMillis(20);
  private static final int PIECE_CHARS = 8 << 10;
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final DiagnosticCommands commands;
  private final LongSupplier heapUsedBytes;
  private final Duration pauseLimit;
  private final boolean ofOutOfMemory;

  /**
   * For captures of all kinds but one.
   *
   * @param pauseLimit how long the application may stand still for a histogram that was asked for;
   *     one that only goes along with an alert must not be felt
   */
  HistogramSource(DiagnosticCommands commands, LongSupplier heapUsedBytes, Duration pauseLimit) {
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
   * For captures of memory that ran out: at once, since what fills the memory is soon let go of,
   * and with all the time that a request has, since it is what they are made for.
   */
  static HistogramSource ofOutOfMemory(
      DiagnosticCommands commands, LongSupplier heapUsedBytes, Duration pauseLimit) {
    return new HistogramSource(commands, heapUsedBytes, pauseLimit, true);
  }

  @Override
  public String kind() {
    return "histogram";
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
    boolean goesAlong = context.alert() != null && !ofOutOfMemory;
    long limitMillis = (goesAlong ? ALERT_PAUSE_LIMIT : pauseLimit).toMillis();
    if (expectedMillis > limitMillis && !context.force()) {
      String reason =
          "the application could stand still for "
              + expectedMillis
              + " ms, more than "
              + limitMillis
              + "; ask for it";
      if (goesAlong) {
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
      // A writer takes a text as a whole into a char[] of its own, and memory may be short.
      for (int at = 0; at < histogram.length(); at += PIECE_CHARS) {
        writer.write(histogram, at, Math.min(PIECE_CHARS, histogram.length() - at));
      }
    }
    out.log("histogram.txt: by GC.class_histogram -all, objects that nothing reaches included");
  }
}
