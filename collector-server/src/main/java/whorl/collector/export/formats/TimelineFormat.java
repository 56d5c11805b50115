package whorl.collector.export.formats;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The formats of timelines, by their names in the API. The command line lists these; tests compare
 * the page, {@code openapi.yaml} and {@code docs/timeline.md} with them.
 */
public enum TimelineFormat {
  /** Pages of rows, with their cursor. */
  JSON(null, "application/json", "json", "JSON", "pages of rows", null),
  NDJSON(new NdjsonFormat(), "NDJSON", "rows as this page has them", null),
  CSV(new CsvFormat(), "CSV", "for spreadsheets", null),
  TIMESKETCH(
      new TimesketchFormat(),
      "Timesketch",
      "JSON Lines with message, datetime, timestamp_desc",
      null),
  ECS(new EcsFormat(), "ECS", "NDJSON for Elastic and OpenSearch", "for Elasticsearch"),
  BODYFILE(new BodyfileFormat(), "Bodyfile", "for mactime", "for mactime"),
  L2TCSV(
      new L2tcsvFormat(),
      "log2timeline CSV",
      "17 columns for Timeline Explorer",
      "for Timeline Explorer"),
  /** Written by DuckDB. */
  PARQUET(
      null, "application/vnd.apache.parquet", "parquet", "Parquet", "for DuckDB and Spark", null);

  private final @Nullable RowFormat rows;
  private final String mediaType;
  private final String ending;
  private final String title;
  private final String purpose;
  private final @Nullable String hint;

  TimelineFormat(RowFormat rows, String title, String purpose, @Nullable String hint) {
    this(rows, rows.mediaType(), rows.ending(), title, purpose, hint);
  }

  TimelineFormat(
      @Nullable RowFormat rows,
      String mediaType,
      String ending,
      String title,
      String purpose,
      @Nullable String hint) {
    this.rows = rows;
    this.mediaType = mediaType;
    this.ending = ending;
    this.title = title;
    this.purpose = purpose;
    this.hint = hint;
  }

  /** The row-by-row format; null if the format is not written row by row. */
  public @Nullable RowFormat rows() {
    return rows;
  }

  public String mediaType() {
    return mediaType;
  }

  /** The extension of the file's name, without a dot. */
  public String ending() {
    return ending;
  }

  /** The name that people know it by, for the page. */
  public String title() {
    return title;
  }

  /** What it is for, in a few words, for the page. */
  public String purpose() {
    return purpose;
  }

  /** What the help of the command line says of it; null if its word says enough. */
  public @Nullable String hint() {
    return hint;
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The format with this name, or null. */
  public static @Nullable TimelineFormat of(String word) {
    for (TimelineFormat format : values()) {
      if (format.word().equals(word)) {
        return format;
      }
    }
    return null;
  }

  /** The format whose files have this extension, or whose name it is; null if there is none. */
  public static @Nullable TimelineFormat ofExtension(String extension) {
    for (TimelineFormat format : values()) {
      if (format.ending.equals(extension)) {
        return format;
      }
    }
    return of(extension);
  }

  /** All names, for error messages. */
  public static String words() {
    return Arrays.stream(values()).map(TimelineFormat::word).collect(Collectors.joining(", "));
  }
}
