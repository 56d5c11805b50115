package whorl.collector.export.formats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.collector.sql.SqlResult;
import whorl.evidence.Json;

/** The formats of a query's result. */
public enum ResultFormat {
  /** One object, with columns and rows. */
  JSON("application/json"),
  /** An object for each row, one a line. */
  NDJSON("application/x-ndjson"),
  /** As {@link CsvFormat}: quoted, and harmless in a spreadsheet. */
  CSV("text/csv; charset=utf-8; header=present");

  private final String mediaType;

  ResultFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  /** The format of this name; null if there is none. */
  public static @Nullable ResultFormat of(String word) {
    return Arrays.stream(values())
        .filter(each -> each.word().equals(word))
        .findFirst()
        .orElse(null);
  }

  /** All names, for messages. */
  public static String words() {
    return Arrays.stream(values()).map(ResultFormat::word).collect(Collectors.joining(", "));
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public String mediaType() {
    return mediaType;
  }

  /**
   * Writes the result.
   *
   * @param leftOut evidence without a timeline, which JSON names
   */
  public void write(SqlResult result, List<String> leftOut, OutputStream out) throws IOException {
    switch (this) {
      case JSON -> json(result, leftOut, out);
      case NDJSON -> ndjson(result, out);
      case CSV -> csv(result, out);
    }
  }

  private static void json(SqlResult result, List<String> leftOut, OutputStream out)
      throws IOException {
    write(out, "{\"columns\":" + Json.text(result.columns()) + ",\"rows\":[");
    boolean[] first = {true};
    result.each(
        row -> {
          write(out, (first[0] ? "\n" : ",\n") + row);
          first[0] = false;
        });
    write(out, "],\"leftOut\":" + Json.text(leftOut));
    String truncated = result.truncated();
    write(out, (truncated == null ? "" : ",\"truncated\":" + Json.text(truncated)) + "}");
  }

  private static void ndjson(SqlResult result, OutputStream out) throws IOException {
    result.each(
        row -> {
          ObjectNode object = Json.MAPPER.createObjectNode();
          for (int i = 0; i < result.columns().size(); i++) {
            object.set(result.columns().get(i), row.get(i));
          }
          write(out, object + "\n");
        });
  }

  private static void csv(SqlResult result, OutputStream out) throws IOException {
    StringBuilder header = new StringBuilder();
    for (String column : result.columns()) {
      header.append(header.isEmpty() ? "" : ",");
      CsvFormat.quoted(header, column);
    }
    write(out, header + "\r\n");
    result.each(
        row -> {
          StringBuilder line = new StringBuilder();
          for (int i = 0; i < row.size(); i++) {
            line.append(i == 0 ? "" : ",");
            cell(line, row.get(i));
          }
          write(out, line + "\r\n");
        });
  }

  private static void cell(StringBuilder line, JsonNode value) {
    if (value.isTextual()) {
      CsvFormat.quoted(line, value.asText());
    } else if (!value.isNull()) {
      line.append(value.asText());
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
