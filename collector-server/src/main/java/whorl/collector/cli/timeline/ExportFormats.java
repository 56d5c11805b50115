package whorl.collector.cli.timeline;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.CliException;

/** The export formats of timelines. */
final class ExportFormats {
  static final List<String> ALL =
      List.of("json", "ndjson", "csv", "timesketch", "ecs", "bodyfile", "parquet");

  private ExportFormats() {}

  /** The requested format, by its name or by the file's extension; null for a table. */
  static @Nullable String requested(@Nullable String format, @Nullable Path out) {
    if (format != null && !ALL.contains(format)) {
      throw CliException.usage("no format " + format, "there are " + String.join(", ", ALL));
    }
    if (format != null) {
      if (format.equals("parquet") && out == null) {
        throw CliException.usage("Parquet is a binary format", "give --out FILE");
      }
      return format;
    }
    return out == null ? null : ofExtension(out);
  }

  private static String ofExtension(Path out) {
    String name = String.valueOf(out.getFileName()).toLowerCase(Locale.ROOT);
    String extension = name.substring(name.lastIndexOf('.') + 1);
    return switch (extension) {
      case "json", "ndjson", "csv", "parquet" -> extension;
      case "jsonl" -> "timesketch";
      case "body", "bodyfile" -> "bodyfile";
      default ->
          throw CliException.usage(
              "the file name " + out + " implies no format",
              "give --format, one of " + String.join(", ", ALL));
    };
  }
}
