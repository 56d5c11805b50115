package whorl.collector.timeline.read;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.read.rows.PlainText;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Json;
import whorl.evidence.Manifest;

/**
 * What the manifest says about all rows.
 *
 * @param clockOffsetMillis is added to the agent's times; null for no correction
 * @param capturedAtNanos by the agent's clock, since 1970
 * @param constants values of all rows, by column name
 */
public record ManifestFacts(
    @Nullable Long clockOffsetMillis, long capturedAtNanos, Map<String, String> constants) {
  private static final int MANIFEST_MAX_BYTES = 16 << 20;
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** A larger clock offset is ignored as implausible. */
  private static final long OFFSET_MAX_MILLIS = 366L * 24 * 3600 * 1000 * 50;

  /** If the manifest cannot be read, defaults are used. */
  public static ManifestFacts of(IndexPlan plan) throws IOException {
    Manifest manifest = manifest(plan.manifest());
    if (manifest == null) {
      return new ManifestFacts(null, plan.sealedAtNanos(), Map.of());
    }
    Long offset = manifest.clockOffsetMillis();
    return new ManifestFacts(
        isPlausible(offset) ? offset : null,
        nanos(manifest.startedAt(), plan.sealedAtNanos()),
        constants(manifest.agent()));
  }

  private static boolean isPlausible(@Nullable Long offset) {
    return offset != null && offset >= -OFFSET_MAX_MILLIS && offset <= OFFSET_MAX_MILLIS;
  }

  private static @Nullable Manifest manifest(@Nullable String file) throws IOException {
    if (file == null || Files.size(Path.of(file)) > MANIFEST_MAX_BYTES) {
      return null;
    }
    try {
      return Json.LENIENT.readValue(Path.of(file).toFile(), Manifest.class);
    } catch (JacksonException damaged) {
      return null;
    }
  }

  private static long nanos(@Nullable Instant time, long otherwise) {
    try {
      return time == null ? otherwise : Math.multiplyExact(time.toEpochMilli(), NANOS_PER_MILLI);
    } catch (ArithmeticException far) {
      return otherwise;
    }
  }

  private static Map<String, String> constants(@Nullable AgentIdentity agent) {
    Map<String, String> constants = new LinkedHashMap<>();
    if (agent != null) {
      put(constants, Column.HOST, agent.host());
      put(constants, Column.CONTAINER, agent.container());
      put(constants, Column.POD, agent.pod());
    }
    return constants;
  }

  private static void put(Map<String, String> constants, Column column, @Nullable String value) {
    if (value != null) {
      constants.put(column.columnName(), PlainText.of(value));
    }
  }
}
