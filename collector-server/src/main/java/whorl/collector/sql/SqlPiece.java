package whorl.collector.sql;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.SqlNames;
import whorl.collector.timeline.query.DuckTimeline;
import whorl.evidence.Alert;
import whorl.evidence.Id;

/**
 * One piece of evidence that a query is about.
 *
 * @param rows its timeline; null if it has none
 */
public record SqlPiece(EvidenceRecord record, DuckTimeline.@Nullable Rows rows) {
  /** The columns of the table {@code evidence}, with their types. */
  static final Map<String, String> EVIDENCE_COLUMNS = evidenceColumns();

  private static Map<String, String> evidenceColumns() {
    Map<String, String> columns = new LinkedHashMap<>();
    for (String text :
        List.of("evidence", "service", "agent", "capture", "state", "reason", "rule_id")) {
      columns.put(text, "VARCHAR");
    }
    columns.put("rule_name", "VARCHAR");
    columns.put("level", "VARCHAR");
    columns.put(SqlNames.SEALED_AT, "TIMESTAMPTZ");
    columns.put("artifact_count", "BIGINT");
    columns.put("byte_count", "BIGINT");
    columns.put("has_timeline", "BOOLEAN");
    return columns;
  }

  public Id id() {
    return record.id();
  }

  /** No query reads its rows any more. */
  public void release() {
    if (rows != null) {
      rows.release().run();
    }
  }

  /** The row of the table {@code evidence}: a value for each of its columns, as text. */
  Map<String, @Nullable String> evidenceRow() {
    Alert alert = record.alert();
    Map<String, @Nullable String> row = new LinkedHashMap<>();
    row.put("evidence", record.id().value());
    row.put("service", record.service());
    row.put("agent", record.agent().value());
    row.put("capture", record.capture().value());
    row.put("state", record.state().word());
    row.put("reason", record.reason());
    row.put("rule_id", alert == null ? null : alert.rule());
    row.put("rule_name", alert == null ? null : alert.title());
    row.put("level", alert == null || alert.level() == null ? null : alert.level().word());
    row.put(SqlNames.SEALED_AT, record.sealedAt().toString());
    row.put("artifact_count", Integer.toString(record.artifacts().size()));
    row.put("byte_count", Long.toString(record.totalBytes()));
    row.put("has_timeline", Boolean.toString(rows != null));
    return row;
  }

  /** The values that all of its timeline's rows have, by the column's name in SQL. */
  Map<String, String> constants() {
    Map<String, String> constants = new LinkedHashMap<>();
    if (rows != null) {
      rows.constants().forEach((column, value) -> constants.put(SqlNames.of(column), value));
    }
    constants.put(SqlNames.of(Column.EVIDENCE), record.id().value());
    constants.put(SqlNames.CAPTURE, record.capture().value());
    constants.put(SqlNames.SEALED_AT, record.sealedAt().toString());
    return constants;
  }
}
