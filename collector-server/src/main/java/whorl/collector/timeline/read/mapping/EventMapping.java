package whorl.collector.timeline.read.mapping;

import java.util.LinkedHashMap;
import java.util.Map;
import whorl.collector.timeline.Column;

/**
 * How events of one type become rows.
 *
 * @param category of the Elastic Common Schema
 * @param type of the Elastic Common Schema
 * @param sentence what happened, with field names in braces
 * @param columns the fields with their own columns; all others are only in {@code jvm.fields}
 */
public record EventMapping(
    String category, String type, MessageTemplate sentence, Map<String, Column> columns) {
  /**
   * @param fieldsAndColumns pairs of a field's name and its column
   */
  static EventMapping of(
      String category, String type, String sentence, Object... fieldsAndColumns) {
    Map<String, Column> columns = new LinkedHashMap<>();
    for (int i = 0; i < fieldsAndColumns.length; i += 2) {
      columns.put((String) fieldsAndColumns[i], (Column) fieldsAndColumns[i + 1]);
    }
    return new EventMapping(category, type, MessageTemplate.of(sentence), columns);
  }
}
