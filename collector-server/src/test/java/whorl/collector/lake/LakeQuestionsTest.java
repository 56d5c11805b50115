package whorl.collector.lake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.FakeAgent;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * The questions of docs/lake.md, answered by DuckDB over the table's files. The lake and the
 * answers stay in {@code target/readers/lake}, where a separate module asks Spark the same; beside
 * them is the class path with which that module starts {@link LakeServers}.
 */
@Timeout(300)
class LakeQuestionsTest {
  private static final Path LEFT = Path.of("target/readers/lake");

  @TempDir Path root;

  @Test
  void questionsOfTheDocument_haveAnswers() throws Exception {
    delete(LEFT);
    Files.createDirectories(LEFT);
    try (LakeRig lake = new LakeRig(root, LEFT)) {
      LakeRig.Collector collector = lake.collector("one");
      long rows = 0;
      for (FakeAgent agent : Fleet.agents()) {
        Id evidence = lake.evidence(agent);
        rows += lake.rig.index.status(evidence).rows();
        collector.ledger().want(evidence);
        // a commit each, so that readers have several snapshots and manifests
        collector.work().batch(collector.table());
      }
      List<Map<String, Object>> answers = LakeAnswers.of(lake.files(), rows);
      Files.write(
          LEFT.resolve("answers.json"),
          Json.bytes(
              Map.of(
                  "root", lake.settings.root(),
                  "catalog", lake.settings.catalogUrl(),
                  "answers", answers)));
    }
    Files.write(
        LEFT.resolve("servers.args"),
        List.of("-cp", '"' + classPath().replace("\\", "\\\\") + '"', LakeServers.class.getName()));
  }

  /** Surefire's own jar may stand for the class path; it says in a property what it stands for. */
  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
