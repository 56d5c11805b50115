package whorl.collector.timeline.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckTest {
  @TempDir Path folder;

  /** Timelines that somebody reads would stay in memory, at twelve times their size. */
  @Test
  void filesThatWereRead_areNotKeptInMemory() throws Exception {
    try (Duck duck = Duck.open(folder, 256L << 20)) {
      Path file = folder.resolve("rows.parquet");
      duck.copy("SELECT i AS a, hash(i) AS b FROM range(50000) numbers(i)", List.of(), file);
      List<Long> sums = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        duck.query(
            "SELECT count(b) FROM " + Duck.parquet(List.of(file)),
            List.of(),
            result -> {
              result.next();
              sums.add(result.getLong(1));
            });
      }
      duck.query(
          "SELECT coalesce(sum(memory_usage_bytes), 0)::BIGINT FROM duckdb_memory()"
              + " WHERE tag = 'EXTERNAL_FILE_CACHE'",
          List.of(),
          result -> {
            result.next();
            sums.add(result.getLong(1));
          });

      assertThat(sums).containsExactly(50_000L, 50_000L, 50_000L, 0L);
    }
  }
}
