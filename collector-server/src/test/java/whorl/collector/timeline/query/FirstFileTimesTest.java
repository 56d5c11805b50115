package whorl.collector.timeline.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.TimelineQuery;
import whorl.evidence.Id;

class FirstFileTimesTest {
  private static final TimelineQuery QUERY = TimelineQuery.of(new Id("evidence-00000001"));

  @TempDir private Path folder;
  private Duck duck;

  @BeforeEach
  void open() throws IOException {
    duck = Duck.open(folder, 64L << 20);
  }

  @AfterEach
  void close() throws IOException {
    duck.close();
  }

  private ScanPlan plan(int number, String host) throws IOException {
    DuckTimeline.Rows timeline =
        new DuckTimeline.Rows(
            folder, List.of(folder.resolve(number + ".parquet")), Map.of(Column.HOST, host));
    return new ScanPlan(
        timeline,
        timeline.files(),
        EnumSet.of(Column.ACTION),
        List.of(),
        RequestValues.of(QUERY, timeline, duck),
        List.of(new Branch(null, List.of())),
        List.of(),
        host);
  }

  @Test
  void manyTimelinesOfOneHost_areEachReadOnceMore_andJoinedOnce() throws IOException {
    List<ScanPlan> plans = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      plans.add(plan(i, "node-1"));
    }

    String sql = new Select(QUERY, plans).types();

    assertThat(sql.split("read_parquet", -1)).hasSize(1 + 2 * plans.size());
    assertThat(sql.split(" JOIN ", -1)).as("each takes memory").hasSize(2);
  }

  @Test
  void timelinesOfDifferentHosts_areNotCompared() throws IOException {
    List<ScanPlan> plans = List.of(plan(1, "node-1"), plan(2, "node-2"));

    assertThat(new Select(QUERY, plans).types()).startsWith("SELECT").doesNotContain("JOIN");
  }
}
