package whorl.collector.derive;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.evidence.EventLine;

/**
 * The event types in a file, with their fields and the kinds of their values. They are learned from
 * the events, so that events of an agent newer than this collector work as well.
 */
final class EventShapes {
  private static final Pattern TYPE_NAME = Pattern.compile("[a-z]+(\\.[A-Za-z][A-Za-z0-9]*){1,4}");
  private static final Pattern FIELD_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9.]{0,63}");
  private static final Set<String> RESERVED = Set.of("startTime", "eventThread", "stackTrace");
  private static final int TYPES_MAX = 128;
  private static final int FIELDS_MAX = 64;
  private static final long LATEST_EPOCH_SECOND = 9_000_000_000L;

  private final Map<String, Map<String, Kind>> types = new LinkedHashMap<>();
  private @Nullable Instant first;
  private @Nullable Instant last;

  /** The kind of a field's values. */
  enum Kind {
    BOOLEAN,
    INT,
    LONG,
    DOUBLE,
    TEXT;

    static Kind of(Object value) {
      if (value instanceof Boolean) {
        return BOOLEAN;
      }
      if (value instanceof Integer) {
        return INT;
      }
      if (value instanceof Long) {
        return LONG;
      }
      return value instanceof Number ? DOUBLE : TEXT;
    }

    Kind merge(Kind other) {
      if (this == other) {
        return this;
      }
      if (holds(other)) {
        return this;
      }
      return other.holds(this) ? other : TEXT;
    }

    /** True if a field of this kind can hold values of the other kind. */
    boolean holds(Kind other) {
      return this == other
          || this == LONG && other == INT
          || this == DOUBLE && (other == INT || other == LONG);
    }
  }

  void add(EventLine line) throws MalformedEventsException {
    if (line.type().length() > 128 || !TYPE_NAME.matcher(line.type()).matches()) {
      throw new MalformedEventsException("has a type that is no event type");
    }
    long second = line.time().getEpochSecond();
    if (second < 0 || second > LATEST_EPOCH_SECOND) {
      throw new MalformedEventsException("has a time that can't be");
    }
    Map<String, Kind> fields = types.computeIfAbsent(line.type(), type -> new LinkedHashMap<>());
    for (Map.Entry<String, Object> field : line.fields().entrySet()) {
      if (!FIELD_NAME.matcher(field.getKey()).matches()) {
        throw new MalformedEventsException("has a field whose name is no field name");
      }
      if (field.getValue() != null) {
        fields.merge(nameOf(field.getKey()), Kind.of(field.getValue()), Kind::merge);
      }
    }
    if (types.size() > TYPES_MAX || fields.size() > FIELDS_MAX) {
      throw new MalformedEventsException(
          "makes it more than " + TYPES_MAX + " types, or " + FIELDS_MAX + " fields of one");
    }
    first = first == null || line.time().isBefore(first) ? line.time() : first;
    last = last == null || line.time().isAfter(last) ? line.time() : last;
  }

  boolean isEmpty() {
    return types.isEmpty();
  }

  Map<String, Map<String, Kind>> types() {
    return types;
  }

  Instant first() {
    return first == null ? Instant.EPOCH : first;
  }

  Instant last() {
    return last == null ? Instant.EPOCH : last;
  }

  /** Returns a JFR field name. JFR reads {@code request.path} as a field within a field. */
  static String nameOf(String field) {
    StringBuilder name = new StringBuilder(field.length());
    boolean upper = false;
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '.') {
        upper = true;
      } else {
        name.append(upper ? Character.toUpperCase(c) : c);
        upper = false;
      }
    }
    return RESERVED.contains(name.toString()) ? name + "Field" : name.toString();
  }

  /** Returns a label: {@code Local Port} for {@code localPort}. */
  static String labelOf(String name) {
    List<String> words = List.of(name.split("(?<=[a-z0-9])(?=[A-Z])"));
    return words.stream()
        .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
        .collect(Collectors.joining(" "));
  }
}
