package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.backup.Backup;
import whorl.collector.backup.Restore;
import whorl.collector.config.ServeConfig;
import whorl.collector.http.server.Metrics;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestConfig;
import whorl.collector.timeline.index.IndexRig;
import whorl.collector.wiring.base.Readiness;
import whorl.evidence.Id;

/** A collector to whose folder the lake is added later. */
@Timeout(120)
class LakeWiringTest {
  @TempDir Path root;

  @Test
  void turnedOnLater_evidenceThatIsThereIsAppended() throws Exception {
    Path data = root.resolve("data");
    Id evidence;
    long rows;
    try (IndexRig rig = new IndexRig(data)) {
      rig.index.start();
      FakeAgent agent = new FakeAgent();
      agent.with("console.log", "2026-11-25T09:35:28Z stdout hello\n");
      evidence = rig.received(agent);
      rows = rig.indexed(evidence).rows();
    }
    served(data, evidence, rows);

    // a backup has no lake: the list of what is in it is there, and the table is made anew
    assertThat(Backup.make(data, root.resolve("backup"), InstantSource.system()).problems())
        .isEmpty();
    Path restored = root.resolve("restored");
    assertThat(Restore.make(root.resolve("backup"), restored).problems()).isEmpty();
    assertThat(restored.resolve("lake.db")).doesNotExist();
    assertThat(row(restored, evidence)).isEqualTo("kept " + rows);
    served(restored, evidence, rows);
  }

  /** Serves until the evidence is in the lake, whose files are in this folder then. */
  private static void served(Path data, Id evidence, long rows) throws Exception {
    ServeConfig config = TestConfig.in(data).lake().config();
    Metrics metrics = new Metrics();

    CollectorParts parts = Wiring.open(config, metrics, new Readiness());
    try {
      Path catalog = data.resolve("lake.db");
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  Files.exists(catalog)
                      && row(data, evidence) != null
                      && Files.isDirectory(data.resolve("lake/timeline/data")));
      assertThat(row(data, evidence)).isEqualTo("kept " + rows);
      assertThat(data.resolve("lake/timeline/metadata")).isNotEmptyDirectory();
      assertThat(data.resolve("lake/timeline/data")).isNotEmptyDirectory();
    } finally {
      for (AutoCloseable part : parts.closing()) {
        part.close();
      }
    }
  }

  /** The ledger's row of evidence whose rows are in the table; null before that. */
  private static String row(Path data, Id evidence) throws Exception {
    try (Connection records =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("catalog.db"));
        Statement sql = records.createStatement();
        ResultSet row =
            sql.executeQuery(
                "SELECT state || ' ' || row_count FROM lake WHERE state = 'kept' AND evidence = '"
                    + evidence
                    + "'")) {
      return row.next() ? row.getString(1) : null;
    }
  }
}
