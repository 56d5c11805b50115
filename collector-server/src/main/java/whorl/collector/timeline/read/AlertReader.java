package whorl.collector.timeline.read;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.read.mapping.EventMapping;
import whorl.collector.timeline.read.mapping.EventMappings;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.collector.timeline.read.rows.EpochNanos;
import whorl.collector.timeline.read.rows.ReadContext;
import whorl.collector.timeline.read.rows.RowBlock;
import whorl.evidence.Alert;
import whorl.evidence.Json;
import whorl.evidence.Level;

/** Reads {@code alert.json}: the alert that caused the capture, and alerts raised during it. */
final class AlertReader extends JsonReader {
  private static final int ALERTS_MAX = 1_000;

  private final ReadContext readContext;
  private final long firstOrdinal;

  AlertReader(
      Path file, ReadContext readContext, ArtifactOutcome artifactOutcome, long firstOrdinal) {
    super(file, artifactOutcome, "it is no alert");
    this.readContext = readContext;
    this.firstOrdinal = firstOrdinal;
  }

  @Override
  void rows(JsonNode content, RowBlock block) throws IOException {
    int before = block.size();
    add(content.path("alert"), block);
    for (JsonNode joined : content.path("joined")) {
      if (block.size() - before < ALERTS_MAX) {
        add(joined, block);
      }
    }
  }

  private void add(JsonNode node, RowBlock block) throws IOException {
    if (!node.isObject()) {
      return;
    }
    Alert alert = Json.LENIENT.treeToValue(node, Alert.class);
    if (alert.time() == null || alert.level() == null || alert.title() == null) {
      throw new IllegalArgumentException("an alert without time, level or title");
    }
    long time = EpochNanos.of(alert.time());
    if (time == EpochNanos.NONE) {
      throw new IllegalArgumentException("its time can't be");
    }
    block.begin(time, firstOrdinal + block.size(), true);
    block.put(Column.ACTION, "alert.raised");
    block.put(Column.CATEGORY, "intrusion_detection");
    block.put(Column.TYPE, "info");
    block.put(Column.KIND, "alert");
    block.put(Column.DATASET, artifact());
    block.put(Column.SEVERITY, severity(alert.level()));
    block.put(Column.RULE_ID, alert.rule());
    block.put(Column.RULE_NAME, alert.title());
    block.put(Column.THREAD_NAME, alert.thread());
    block.put(Column.REQUEST_ID, nonEmpty(alert.fields().get("request.id")));
    EventMapping eventMapping = EventMappings.find(String.valueOf(alert.fields().get("event")));
    if (eventMapping != null) {
      eventMapping
          .columns()
          .forEach(
              (field, column) -> {
                Object value = alert.fields().get(field);
                if (value instanceof Number number && column.kind() == Column.Kind.NUMBER) {
                  block.put(column, number.longValue());
                } else if (column.kind() == Column.Kind.TEXT) {
                  block.put(column, nonEmpty(value));
                }
              });
    }
    if (!alert.stack().isEmpty()) {
      block.stack(readContext.stacks().keep(String.join("\n", alert.stack())));
    }
    block.put(Column.FIELDS, Json.text(node));
    block.put(Column.MESSAGE, "alert, " + alert.level().word() + ": " + alert.title());
    block.end();
  }

  private static long severity(Level level) {
    return switch (level) {
      case INFORMATIONAL -> 20;
      case LOW -> 40;
      case MEDIUM -> 60;
      case HIGH -> 80;
      case CRITICAL -> 100;
    };
  }

  private static @Nullable String nonEmpty(@Nullable Object value) {
    String text = EventLineReader.text(value);
    return text == null || text.isEmpty() ? null : text;
  }
}
