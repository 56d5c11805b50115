package whorl.collector.timeline.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.StoredColumns;
import whorl.collector.timeline.TimelineQuery;
import whorl.evidence.Id;

/** Images are often made so that all their files have one time. */
@Timeout(300)
class FileTimesTest {
  @TempDir Path folder;

  @Test
  void veryManyFilesOfOneTime_needLittleMemory() throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                OneTime.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    child.getOutputStream().close();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(child.waitFor()).as(output).isZero();
    assertThat(output).contains("{evidence-0001:7=2}");
  }

  /** The program of the other JVM: two pieces of evidence have the same 250,000 files. */
  static final class OneTime {
    private OneTime() {}

    public static void main(String[] args) throws Exception {
      Path folder = Path.of(args[0]);
      try (Duck duck = Duck.open(folder, 512L << 20)) {
        List<ScanPlan> plans = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          plans.add(plan(duck, folder.resolve("rows-" + i + ".parquet")));
        }
        System.out.println(new FileTimes(duck, plans).pieces(List.of(row())));
      }
    }

    private static ScanPlan plan(Duck duck, Path file) throws Exception {
      duck.copy(
          "SELECT 42::BIGINT AS "
              + StoredColumns.quoted(StoredColumns.NANOS)
              + ", 'file.modified' AS "
              + StoredColumns.quoted(Column.ACTION.columnName())
              + ", repeat('x', 200) || i AS "
              + StoredColumns.quoted(Column.FILE_PATH.columnName())
              + " FROM range(250000) numbers(i)",
          List.of(),
          file);
      DuckTimeline.Rows timeline =
          new DuckTimeline.Rows(file.getParent(), List.of(file), Map.of(Column.HOST, "node-1"));
      return new ScanPlan(
          timeline,
          timeline.files(),
          Set.of(Column.ACTION, Column.FILE_PATH),
          List.of(),
          RequestValues.of(TimelineQuery.of(new Id("evidence-0001")), timeline, duck),
          List.of(),
          List.of(),
          "node-1");
    }

    private static Row row() {
      Map<Column, Object> values = new EnumMap<>(Column.class);
      values.put(Column.EVIDENCE, "evidence-0001");
      values.put(Column.ROW, 7L);
      values.put(Column.TIME, 42L);
      values.put(Column.ACTION, "file.modified");
      values.put(Column.HOST, "node-1");
      values.put(Column.FILE_PATH, "x".repeat(200) + 7);
      return Row.of(values);
    }
  }
}
