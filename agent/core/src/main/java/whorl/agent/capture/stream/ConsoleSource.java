package whorl.agent.capture.stream;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;
import whorl.agent.console.ConsoleCharset;
import whorl.agent.console.ConsoleLines;
import whorl.agent.console.ConsoleRing;
import whorl.agent.console.ConsoleSnapshot;
import whorl.agent.console.ConsoleWrite;
import whorl.agent.redact.Redactor;
import whorl.agent.redact.WrittenLines;
import whorl.evidence.ArtifactName;
import whorl.evidence.channel.ArtifactKind;

/**
 * Captures what was written to standard output and error in {@code console.log}, one line for each,
 * with secrets masked. It is frozen when the capture starts and followed until its end.
 *
 * <pre>
 *   time TAB out|err TAB thread TAB line
 * </pre>
 *
 * <p>In a line, control characters are written as {@code \xNN}, so that none can move a reader's
 * cursor.
 */
public final class ConsoleSource implements ArtifactSource {
  static final ArtifactName NAME = new ArtifactName("console.log");
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final @Nullable ConsoleRing ring;
  private final Redactor redactor;

  /** Read once: the application can replace the properties by a class of its own. */
  private final Charset charset = ConsoleCharset.ofThisJvm();

  private volatile @Nullable ConsoleSnapshot frozen;

  /**
   * @param ring null if the console is not observed
   */
  public ConsoleSource(@Nullable ConsoleRing ring, Redactor redactor) {
    this.ring = ring;
    this.redactor = redactor;
  }

  @Override
  public String kind() {
    return ArtifactKind.CONSOLE;
  }

  @Override
  public Moment moment(CaptureContext context) {
    return Moment.AFTER;
  }

  @Override
  public void freeze() {
    if (ring != null) {
      frozen = ring.snapshot();
    }
  }

  @Override
  public void collect(CaptureContext context, ArtifactOutput out) throws IOException {
    if (ring == null) {
      out.missing(NAME.value(), "the hook console is disabled");
      return;
    }
    ConsoleSnapshot before = frozen;
    ConsoleSnapshot now = ring.snapshot();
    long[] count = {0};
    long writes = 0;
    WrittenLines masked = new WrittenLines(redactor);
    try (Writer writer =
        new BufferedWriter(
            new OutputStreamWriter(
                out.create(NAME, "text/plain; charset=utf-8"), StandardCharsets.UTF_8))) {
      ConsoleLines lines =
          new ConsoleLines(
              charset,
              ring,
              (err, epochNanos, thread, text, leftOut) -> {
                writer.append(time(epochNanos)).append(err ? "\terr\t" : "\tout\t");
                printable(thread, writer);
                writer.append('\t');
                // Add the ellipsis before masking, which uses it to recognise a cut secret.
                String whole = leftOut > 0 ? text + "…" : text;
                int of = thread.hashCode();
                printable(masked.line(err ? ~of : of, whole), writer);
                if (leftOut > 0) {
                  writer.append(" (" + leftOut + " more bytes)");
                }
                writer.append('\n');
                count[0]++;
              });
      for (ConsoleWrite consoleWrite : before == null ? now : before.and(now)) {
        lines.add(consoleWrite);
        writes++;
      }
      lines.end();
    }
    out.log(NAME + ": " + count[0] + " lines of " + writes + " writes; dropped: " + ring.losses());
  }

  @Override
  public void forget() {
    frozen = null;
  }

  private static String time(long epochNanos) {
    return Instant.ofEpochSecond(
            Math.floorDiv(epochNanos, NANOS_PER_SECOND),
            Math.floorMod(epochNanos, NANOS_PER_SECOND))
        .toString();
  }

  private static void printable(String text, Writer writer) throws IOException {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\t' || !Character.isISOControl(c)) {
        writer.append(c);
      } else {
        writer.append(String.format("\\x%02x", (int) c));
      }
    }
  }
}
