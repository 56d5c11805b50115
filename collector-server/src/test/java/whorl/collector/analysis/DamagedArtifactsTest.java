package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Report;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.objects.cache.ObjectCache;
import whorl.collector.store.objects.shared.SharedStore;
import whorl.collector.testkit.MemoryObjects;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;

/** Findings when somebody has changed artifacts in the object store. */
class DamagedArtifactsTest extends AnalysisFixture {
  private static final String PROCESS = "{'environment':{'DB_PASSWORD':'***'}}";
  private static final String EVENTS = "{'sequence':1}\n{'sequence':2}\n";

  @TempDir private Path folder;
  private final MemoryObjects objects = new MemoryObjects();

  @Test
  void changedArtifacts_areNamed_andGiveNoFindings_theRestDoes() throws Exception {
    addInjection("r1");
    addAnsweredRequest("r1");
    assertThat(report(Map.of()).findings())
        .as("unchanged")
        .noneMatch(finding -> finding.title().equals("Not everything could be examined"));

    Report report =
        report(
            Map.of(
                PROCESS,
                PROCESS.replace("PASSWORD", "PASSPORT"),
                EVENTS,
                EVENTS.replace('2', '7')));

    assertThat(report.findings())
        .filteredOn(finding -> finding.title().equals("Not everything could be examined"))
        .singleElement()
        .extracting(Finding::text)
        .asString()
        .contains("events.ndjson: it is damaged in the object store; process.json: it is damaged");
    assertThat(report.findings())
        .extracting(Finding::title)
        .doesNotContain("Events are missing")
        .hasSizeGreaterThan(1);
    assertThat(Rows.of(report, "way-in")).isNotEmpty();
  }

  /** Makes the report once the store has these changes. */
  private Report report(Map<String, String> changes) throws Exception {
    Map<Digest, Path> files = new HashMap<>();
    List<StoredArtifact> artifacts = new ArrayList<>();
    for (String[] each : new String[][] {{"process.json", PROCESS}, {"events.ndjson", EVENTS}}) {
      byte[] content = each[1].replace('\'', '"').getBytes(StandardCharsets.UTF_8);
      files.put(Digest.of(content), Files.write(folder.resolve(each[0]), content));
      artifacts.add(
          StoredArtifact.arrived(
              new ArtifactName(each[0]), content.length, Digest.of(content), "text/plain"));
    }
    EvidenceRecord record = Evidences.of(Rows.EVIDENCE).with(artifacts);
    Path own = Files.createTempDirectory(folder, "collector");
    try (Database database = SqliteDatabase.open(own.resolve("records.db"));
        ObjectCache cache =
            ObjectCache.open(
                own.resolve("cache"), new ObjectCache.Limits(1 << 20, 0), () -> 1L << 40);
        SharedStore store = SharedStore.open(objects, database, cache)) {
      store.keep(files);
      for (Map.Entry<String, String> change : changes.entrySet()) {
        String sha256 =
            Digest.of(change.getKey().replace('\'', '"').getBytes(StandardCharsets.UTF_8)).hex();
        for (String key : List.copyOf(objects.objects.keySet())) {
          if (key.endsWith(sha256)) {
            objects.put(key, change.getValue().replace('\'', '"').getBytes(StandardCharsets.UTF_8));
          }
        }
      }
      return Analyses.run(Analyses.context(rows.timeline, store, record, Evidences.READY)).report();
    }
  }
}
