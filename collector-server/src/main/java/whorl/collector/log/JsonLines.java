package whorl.collector.log;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import whorl.evidence.Json;
import whorl.evidence.Text;

/**
 * Writes the log, one JSON object per line. Thread-safe; a line is written as a whole.
 *
 * <pre>
 * {"time":"2026-11-24T12:00:00.123Z","level":"warn","logger":"whorl.…","thread":"…","message":"…",
 *  "incident":"0a1b2c3d","exception":{"type":"java.io.IOException","message":"…","stack":"…"}}
 * </pre>
 */
final class JsonLines {
  private static final int MESSAGE_MAX_CHARS = 16 << 10;
  private static final int STACK_MAX_CHARS = 32 << 10;
  private static final Pattern INCIDENT = Pattern.compile("\\bincident ([0-9a-f]{8})\\b");
  private static final ObjectWriter WRITER =
      Json.LENIENT.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII.mappedFeature());

  private final PrintStream out;

  JsonLines(PrintStream out) {
    this.out = out;
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Line(
      String time,
      String level,
      String logger,
      String thread,
      String message,
      @Nullable String incident,
      @Nullable Failure exception) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Failure(String type, @Nullable String message, String stack) {}

  void write(Level level, String logger, String message, @Nullable Throwable failure) {
    Matcher incident = INCIDENT.matcher(message);
    Line line =
        new Line(
            Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(),
            level.name().toLowerCase(Locale.ROOT),
            logger,
            Thread.currentThread().getName(),
            Text.atMost(message, MESSAGE_MAX_CHARS),
            incident.find() ? incident.group(1) : null,
            failure == null
                ? null
                : new Failure(
                    failure.getClass().getName(),
                    failure.getMessage() == null
                        ? null
                        : Text.atMost(failure.getMessage(), MESSAGE_MAX_CHARS),
                    Text.atMost(stack(failure), STACK_MAX_CHARS)));
    try {
      byte[] bytes = (WRITER.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
      synchronized (this) {
        out.write(bytes, 0, bytes.length);
        out.flush();
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a line of texts can be written", e);
    }
  }

  private static String stack(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
