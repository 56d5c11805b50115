package whorl.collector.timeline.read;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.collector.timeline.read.rows.EpochNanos;
import whorl.collector.timeline.read.rows.JsonText;
import whorl.collector.timeline.read.rows.RowBlock;

/** Reads {@code process.json}: when and how the JVM was started. */
final class ProcessReader extends JsonReader {
  private static final int WORDS_MAX = 1_000;

  private final long ordinal;
  private final JsonText fields = new JsonText();

  ProcessReader(Path file, ArtifactOutcome artifactOutcome, long ordinal) {
    super(file, artifactOutcome, "it does not say when the process was started");
    this.ordinal = ordinal;
  }

  @Override
  void rows(JsonNode process, RowBlock block) {
    JsonNode started = process.path("startedAt");
    if (started.isTextual()) {
      row(process, time(started.textValue()), block);
    }
  }

  private void row(JsonNode process, long time, RowBlock block) {
    block.begin(time, ordinal, true);
    block.put(Column.ACTION, "process.started");
    block.put(Column.CATEGORY, "process");
    block.put(Column.TYPE, "start");
    block.put(Column.KIND, "state");
    block.put(Column.DATASET, artifact());
    String command = command(process.path("commandLine"));
    block.put(Column.COMMAND_LINE, command);
    fields.begin();
    if (process.path("pid").canConvertToLong() && process.path("pid").isIntegralNumber()) {
      block.put(Column.PROCESS_PID, process.path("pid").longValue());
      fields.member("\"pid\":").append(process.path("pid").longValue());
    }
    JsonText.quoted(fields.member("\"startedAt\":"), process.path("startedAt").textValue());
    if (command != null) {
      JsonText.quoted(fields.member("\"commandLine\":"), command);
    }
    block.put(Column.FIELDS, fields.end());
    block.put(Column.MESSAGE, "the JVM was started" + (command == null ? "" : ": " + command));
    block.end();
  }

  private static long time(String text) {
    try {
      long time = EpochNanos.of(Instant.parse(text));
      if (time != EpochNanos.NONE) {
        return time;
      }
    } catch (DateTimeException noTime) {
      // reported below
    }
    throw new IllegalArgumentException("no time");
  }

  private static @Nullable String command(JsonNode words) {
    List<String> command = new ArrayList<>();
    for (JsonNode word : words) {
      if (command.size() < WORDS_MAX) {
        command.add(word.asText());
      }
    }
    return command.isEmpty() ? null : String.join(" ", command);
  }
}
