package whorl.collector.earlier;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.analysis.Reports;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.store.access.Scope;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.IndicatorLedger;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.index.IndexRig;
import whorl.evidence.Id;

/** Evidence that an earlier version sealed verifies, is indexed and is explained as before. */
@Timeout(300)
class EarlierEvidenceTest {
  @TempDir private Path root;

  private final CliRun cli =
      new CliRun().verifier(new OfflineVerifier(InstantSource.system())::verify);

  @Test
  void bag_verifies_withTheSameNumberOfArtifacts() throws Exception {
    Path zip = EarlierBag.copy(root);

    assertThat(cli.run("verify", zip.toString())).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out())
        .startsWith(
            zip
                + ": verified, 19 artifacts, 2.3 MiB\n"
                + "  note: custody has no proofs: a collector of an earlier version made this"
                + " bag\n")
        .contains("  note: signed with the agent's key ", "  note: these keys came with the bag");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data/recording.jfr",
        "data/threads.txt",
        "data/manifest.json",
        "data/manifest.dsse.json",
        "evidence.json",
        "custody.ndjson"
      })
  void bag_withOneByteFlipped_isNotVerified(String file) throws Exception {
    Path bag = EarlierBag.unpack(root);
    Path changed = bag.resolve(file);
    byte[] bytes = Files.readAllBytes(changed);
    bytes[bytes.length / 2] ^= 1;
    Files.write(changed, bytes);

    assertThat(cli.run("verify", bag.toString())).isEqualTo(ExitStatus.VERIFICATION_FAILED);
    assertThat(cli.out()).contains("NOT verified", Path.of(file).getFileName().toString());
  }

  @Test
  void rowsAndFindings_areThoseOfTheEarlierVersion() throws Exception {
    Path bag = EarlierBag.unpack(root.resolve("bag"));
    Id evidence = EarlierBag.record(bag).id();
    List<byte[]> custody = EarlierBag.custody(bag);
    try (IndexRig rig = new IndexRig(root.resolve("data"), id -> custody)) {
      rig.index.start();
      EarlierBag.store(bag, rig.collector.folder);
      IndexStatus status = rig.indexed(evidence);

      assertThat(status.state()).isEqualTo(IndexStatus.State.READY);
      assertThat(count(rig, evidence, Column.CATEGORY))
          .isEqualTo(EarlierBag.counts("categories.csv"));
      assertThat(count(rig, evidence, Column.ACTION)).isEqualTo(EarlierBag.counts("types.csv"));
      assertThat(titles(rig, evidence)).isEqualTo(expectedTitles());
    }
  }

  private static Map<String, Long> count(IndexRig rig, Id evidence, Column column)
      throws Exception {
    Map<String, Long> counts = new TreeMap<>();
    for (Row row : rig.rows(TimelineQuery.of(evidence))) {
      counts.merge(String.valueOf(row.text(column)), 1L, Long::sum);
    }
    return counts;
  }

  private static List<String> titles(IndexRig rig, Id evidence) throws Exception {
    try (Reports reports =
        new Reports(
            rig.timeline,
            rig.index,
            rig.collector.store,
            rig.collector.folder,
            Disk.LOCAL,
            new IndicatorLedger(rig.collector.database),
            new AlertLedger(rig.collector.database),
            new AgentLedger(rig.collector.database))) {
      return reports.of(Scope.EVERYTHING, evidence).findings().stream()
          .map(Finding::title)
          .toList();
    }
  }

  /** The earlier titles; where the wording became clearer, the title of today behind a bar. */
  private static List<String> expectedTitles() throws Exception {
    List<String> titles = new ArrayList<>();
    for (String line : EarlierBag.lines("findings.txt")) {
      String[] parts = line.split(" \\|", -1);
      titles.add(parts[1].isBlank() ? parts[0] : parts[1].strip());
    }
    return titles;
  }
}
