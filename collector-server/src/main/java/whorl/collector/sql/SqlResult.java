package whorl.collector.sql;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Json;

/** The rows of a result, in a file that goes when this is closed. */
public final class SqlResult implements AutoCloseable {
  private final Path folder;
  private final List<String> columns;
  private @Nullable String truncated;

  private SqlResult(Path folder, List<String> columns) {
    this.folder = folder;
    this.columns = List.copyOf(columns);
  }

  static SqlResult of(Path folder) throws IOException {
    try (BufferedReader lines = reader(folder)) {
      List<String> columns = new ArrayList<>();
      read(lines).path("columns").forEach(name -> columns.add(name.asText()));
      return new SqlResult(folder, columns);
    }
  }

  /** Receives rows. */
  @FunctionalInterface
  public interface Consumer {
    /**
     * @param row an array with a value for each column
     */
    void row(JsonNode row) throws IOException;
  }

  /** Distinct names. */
  public List<String> columns() {
    return columns;
  }

  /** Passes on all rows. */
  public void each(Consumer consumer) throws IOException {
    try (BufferedReader lines = reader(folder)) {
      read(lines);
      for (JsonNode line = read(lines); ; line = read(lines)) {
        if (!line.isArray()) {
          truncated = line.path("truncated").asText(null);
          return;
        }
        consumer.row(line);
      }
    }
  }

  /** Why rows are missing at the end; null if none are. Known after {@link #each}. */
  public @Nullable String truncated() {
    return truncated;
  }

  private static BufferedReader reader(Path folder) throws IOException {
    return Files.newBufferedReader(folder.resolve(SqlPlan.RESULT), StandardCharsets.UTF_8);
  }

  private static JsonNode read(BufferedReader lines) throws IOException {
    String line = lines.readLine();
    if (line == null) {
      throw new IOException("the result of the query is not complete");
    }
    return Json.LENIENT.readTree(line);
  }

  @Override
  public void close() throws IOException {
    SqlQueries.delete(folder);
  }
}
