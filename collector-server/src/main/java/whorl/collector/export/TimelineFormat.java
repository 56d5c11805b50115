package whorl.collector.export;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The forms in which a timeline leaves, by the words of the API. */
enum TimelineFormat {
  /** Pages of rows, with their cursor. */
  JSON(null, "application/json", "json"),
  NDJSON(new NdjsonFormat()),
  CSV(new CsvFormat()),
  TIMESKETCH(new TimesketchFormat()),
  ECS(new EcsFormat()),
  BODYFILE(new BodyfileFormat()),
  /** Written by the timeline itself. */
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

  /** How rows are written; null where they are not written one by one. */
  @Nullable RowFormat rows() {
    return rows;
  }

  String mediaType() {
    return mediaType;
  }

  /** Of the file's name, without a dot before it. */
  String ending() {
    return ending;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The format of this word, or null. */
  static @Nullable TimelineFormat of(String word) {
    for (TimelineFormat format : values()) {
      if (format.word().equals(word)) {
        return format;
      }
    }
    return null;
  }

  /** All words, for an error's remedy. */
  static String words() {
    return Arrays.stream(values()).map(TimelineFormat::word).collect(Collectors.joining(", "));
  }
}
