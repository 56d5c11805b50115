package whorl.collector.sql;

import java.io.IOException;
import java.nio.file.Path;
import whorl.evidence.Json;

/** Answers queries as {@link SqlMain} does, each with a DuckDB of its own, in one JVM for all. */
public final class ManyQueries {
  private ManyQueries() {}

  /**
   * @param args a folder for each query
   */
  public static void main(String[] args) throws IOException {
    for (int i = 0; i < args.length; i++) {
      Path folder = Path.of(args[i]);
      SqlPlan plan = Json.MAPPER.readValue(folder.resolve(SqlPlan.FILE).toFile(), SqlPlan.class);
      if (i == 0) {
        MemoryGuard.start(plan.processMaxBytes());
      }
      SqlMain.run(folder, plan);
    }
  }
}
