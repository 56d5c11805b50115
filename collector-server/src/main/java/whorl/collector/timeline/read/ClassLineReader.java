package whorl.collector.timeline.read;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.collector.timeline.read.rows.EpochNanos;
import whorl.collector.timeline.read.rows.RowBlock;
import whorl.evidence.Json;

/**
 * Reads {@code classes.ndjson}: classes with findings or stored bytes, at the time of their
 * definition, or else of the capture. The other classes are no events and stay in the artifact
 * only.
 */
final class ClassLineReader extends LineReader {
  private final long capturedAt;

  /**
   * @param capturedAt by the agent's clock
   */
  ClassLineReader(Path file, ArtifactOutcome artifactOutcome, long firstOrdinal, long capturedAt) {
    super(file, artifactOutcome, firstOrdinal);
    this.capturedAt = capturedAt;
  }

  @Override
  int rows(String line, long ordinal, RowBlock block) {
    if (!line.contains("\"sha256\"") && !line.contains("\"findings\"")) {
      return 0;
    }
    JsonNode type = parse(line);
    JsonNode findings = type.path("findings");
    if (!findings.isEmpty() || type.hasNonNull("sha256")) {
      row(type, findings, line, ordinal, block);
      return 1;
    }
    return 0;
  }

  private void row(JsonNode type, JsonNode findings, String line, long ordinal, RowBlock block) {
    block.begin(time(type), ordinal, true);
    block.put(Column.ACTION, "class.found");
    block.put(Column.CATEGORY, "library");
    block.put(Column.TYPE, "info");
    block.put(Column.KIND, "state");
    block.put(Column.DATASET, outcome().artifact());
    String name = type.path("name").asText("?");
    block.put(Column.CLASS_NAME, name);
    block.put(Column.CLASS_LOADER, text(type, "loader"));
    String origin = text(type, "origin");
    block.put(Column.CLASS_ORIGIN, origin == null ? text(type, "codeSource") : origin);
    block.put(Column.FILE_SHA256, text(type, "sha256"));
    block.put(Column.REQUEST_ID, text(type, "request"));
    block.put(Column.FIELDS, line);
    StringBuilder message = new StringBuilder("class ").append(name);
    for (JsonNode finding : findings) {
      message.append("; ").append(finding.path("reason").asText(""));
    }
    block.put(Column.MESSAGE, message.toString());
  }

  private long time(JsonNode type) {
    String defined = text(type, "definedAt");
    if (defined != null) {
      try {
        long time = EpochNanos.of(Instant.parse(defined));
        return time == EpochNanos.NONE ? capturedAt : time;
      } catch (DateTimeException noTime) {
        return capturedAt;
      }
    }
    return capturedAt;
  }

  private static @org.jspecify.annotations.Nullable String text(JsonNode type, String field) {
    JsonNode value = type.path(field);
    return value.isTextual() ? value.textValue() : null;
  }

  private static JsonNode parse(String line) {
    try {
      JsonNode parsed = Json.LENIENT.readTree(line);
      if (parsed.isObject()) {
        return parsed;
      }
    } catch (JacksonException damaged) {
      // reported below
    }
    throw new IllegalArgumentException("no class");
  }
}
