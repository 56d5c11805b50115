package whorl.collector.export.formats;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The formats of timelines, by their names in the API. */
public enum TimelineFormat {
  /** Pages of rows, with their cursor. */
  JSON(null, "application/json", "json"),
  NDJSON(new NdjsonFormat()),
  CSV(new CsvFormat()),
  TIMESKETCH(new TimesketchFormat()),
  ECS(new EcsFormat()),
  BODYFILE(new BodyfileFormat()),
  /** Written by DuckDB. */
  PARQUET(null, "application/vnd.apache.parquet", "parquet");

  private final @Nullable RowFormat rows;
  private final String mediaType;
  private final String ending;

  TimelineFormat(RowFormat rows) {
    this(rows, rows.mediaType(), rows.ending());
  }

  TimelineFormat(@Nullable RowFormat rows, String mediaType, String ending) {
    this.rows = rows;
    this.mediaType = mediaType;
    this.ending = ending;
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

  /** All names, for error messages. */
  public static String words() {
    return Arrays.stream(values()).map(TimelineFormat::word).collect(Collectors.joining(", "));
  }
}
