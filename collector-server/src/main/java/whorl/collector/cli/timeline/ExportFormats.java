package whorl.collector.cli.timeline;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.export.formats.TimelineFormat;

/** Which format a user requests. */
final class ExportFormats {
  private ExportFormats() {}

  /** The requested format, by its name or by the file's extension; null for a table. */
  static @Nullable TimelineFormat requested(@Nullable String word, @Nullable Path out) {
    if (word == null) {
      return out == null ? null : ofExtension(out);
    }
    TimelineFormat format = TimelineFormat.of(word);
    if (format == null) {
      throw CliException.usage("no format " + word, "there are " + TimelineFormat.words());
    }
    if (format == TimelineFormat.PARQUET && out == null) {
      throw CliException.usage("Parquet is a binary format", "give --out FILE");
    }
    return format;
  }

  /** All formats with their hints, for the help. */
  static String described() {
    return Arrays.stream(TimelineFormat.values())
        .map(
            format ->
                format.hint() == null ? format.word() : format.word() + " (" + format.hint() + ")")
        .collect(Collectors.joining(", "));
  }

  private static TimelineFormat ofExtension(Path out) {
    String name = String.valueOf(out.getFileName()).toLowerCase(Locale.ROOT);
    TimelineFormat format = TimelineFormat.ofExtension(name.substring(name.lastIndexOf('.') + 1));
    if (format == null) {
      throw CliException.usage(
          "the file name " + out + " implies no format",
          "give --format, one of " + TimelineFormat.words());
    }
    return format;
  }
}
