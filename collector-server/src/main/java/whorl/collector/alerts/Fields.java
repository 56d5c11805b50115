package whorl.collector.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads single fields of other programs' JSON, whose types are not reliable. */
final class Fields {
  private static final Instant EPOCH = Instant.EPOCH;

  /** A group's labels are read for each of its alerts. */
  private static final int MAX_FIELDS = 1_000;

  private Fields() {}

  /** Returns the field's text; null when it is absent, null or not a scalar. */
  static @Nullable String text(JsonNode object, String name) {
    JsonNode value = object.get(name);
    return value == null || !value.isValueNode() || value.isNull() ? null : value.asText();
  }

  /** Returns the field's text, or {@code otherwise} when it is absent or blank. */
  static String text(JsonNode object, String name, String otherwise) {
    String text = text(object, name);
    return text == null || text.isBlank() ? otherwise : text;
  }

  /** Returns the texts of an array of strings; empty for anything else. */
  static List<String> texts(@Nullable JsonNode array) {
    List<String> texts = new ArrayList<>();
    if (array != null && array.isArray()) {
      for (JsonNode item : array) {
        if (item.isTextual()) {
          texts.add(item.asText());
        }
      }
    }
    return texts;
  }

  /**
   * Returns an object's first fields, more than an alert keeps. Keeps booleans and whole numbers,
   * turns other values into text, and leaves nulls out.
   */
  static Map<String, Object> allFields(@Nullable JsonNode object) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (object != null && object.isObject()) {
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        if (fields.size() == MAX_FIELDS) {
          break;
        }
        JsonNode value = field.getValue();
        if (value.isBoolean()) {
          fields.put(field.getKey(), value.booleanValue());
        } else if (value.isIntegralNumber() && value.canConvertToLong()) {
          fields.put(field.getKey(), value.longValue());
        } else if (!value.isNull()) {
          fields.put(field.getKey(), value.isValueNode() ? value.asText() : value.toString());
        }
      }
    }
    return fields;
  }

  /**
   * Parses a time of RFC 3339. Returns {@code otherwise} when it is malformed, or before 1970 like
   * Go's zero time.
   */
  static Instant time(@Nullable String text, Instant otherwise) {
    if (text == null) {
      return otherwise;
    }
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      return time.isBefore(EPOCH) ? otherwise : time;
    } catch (DateTimeException e) {
      return otherwise;
    }
  }
}
