package whorl.collector.performance.series;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How events of one type become one series.
 *
 * @param series its name
 * @param unit of its values
 * @param event the type's name
 * @param fields that {@code value} reads
 * @param by a field whose values are measured apart and then added up, as network interfaces are;
 *     null for none
 */
record Measure(
    String series,
    String unit,
    Kind kind,
    String event,
    List<String> fields,
    @Nullable String by,
    Value value) {
  /** What the values of events mean. */
  enum Kind {
    /** A level at a moment. */
    LEVEL,
    /** An amount; the series has what there was of it in a second. */
    AMOUNT,
    /** Seconds that end with the event; the series has which share of the time they take. */
    SHARE,
    /** A count since the JVM's start; the series has by how much it grew in a second. */
    COUNTER
  }

  /** Takes a number from an event. */
  @FunctionalInterface
  interface Value {
    /** NaN if the event says nothing for this measure. */
    double of(EventValues values);
  }

  static Measure of(
      String series, String unit, Kind kind, String event, Value value, String... fields) {
    return new Measure(series, unit, kind, event, List.of(fields), null, value);
  }

  /** The plain value of one field. */
  static Measure of(String series, String unit, Kind kind, String event, String field) {
    return of(series, unit, kind, event, values -> values.number(field), field);
  }

  /** The number of events. */
  static Measure events(String series, String event) {
    return of(series, Measures.PER_SECOND, Kind.AMOUNT, event, values -> 1);
  }

  Measure by(String field) {
    return new Measure(series, unit, kind, event, fields, field, value);
  }
}
