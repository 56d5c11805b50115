package whorl.collector.timeline.read;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.evidence.Json;

/** {@code process.json}: when the JVM was started, and how. */
final class ProcessPortion implements Portion {
  private static final long FILE_MAX_BYTES = 32 << 20;
  private static final int WORDS_MAX = 1_000;

  private final Path file;
  private final Tally tally;
  private final long ordinal;
  private final JsonText fields = new JsonText();

  ProcessPortion(Path file, Tally tally, long ordinal) {
    this.file = file;
    this.tally = tally;
    this.ordinal = ordinal;
  }

  @Override
  public String artifact() {
    return tally.artifact();
  }

  @Override
  public boolean fill(RowBlock block) throws IOException {
    if (Files.size(file) > FILE_MAX_BYTES) {
      tally.problem("it is too long to be about a process");
      return false;
    }
    try {
      JsonNode process = Json.LENIENT.readTree(Files.readAllBytes(file));
      JsonNode started = process.path("startedAt");
      if (started.isTextual()) {
        row(process, time(started.textValue()), block);
        tally.rows(1);
      }
    } catch (JacksonException | IllegalArgumentException damaged) {
      block.abandon();
      tally.problem("it does not say when the process was started");
    }
    return false;
  }

  @Override
  public void close() {}

  private void row(JsonNode process, long time, RowBlock block) {
    block.begin(time, ordinal, true);
    block.put(Column.ACTION, "process.started");
    block.put(Column.CATEGORY, "process");
    block.put(Column.TYPE, "start");
    block.put(Column.KIND, "state");
    block.put(Column.DATASET, tally.artifact());
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
      // said below
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
