package whorl.collector.custody.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.SignatureOutcome;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Missing;
import whorl.evidence.channel.CaptureState;

/** Histories of imported evidence that take long, or much memory. */
class EarlierHistoryTest {
  private static final Duration IN_TIME = Duration.ofSeconds(30);
  private static final int MANY = 100_000;
  private static final Digest CONTENT = Digest.of(new byte[] {1});

  private final Id id = Id.next(InstantSource.system());
  private final Map<String, byte[]> files = new TreeMap<>();
  private final List<CustodyEntry> history = new ArrayList<>();

  /** A hundred kilobytes unpack to each, and all would be in memory at once. */
  @Test
  void historiesThatAreTooLongTogether_areNotRead() throws Exception {
    EvidenceRecord record = record(List.of(), List.of());
    for (int i = 1; i <= 3; i++) {
      imported("earlier-" + i, record);
      files.put("earlier-" + i + "/custody.ndjson", new byte[31 << 20]);
    }

    assertThat(problems(record))
        .contains(
            "earlier-3: custody.ndjson is not read: it has more than 32 MiB, or all histories more"
                + " than 64 MiB")
        .noneMatch(problem -> problem.startsWith("earlier-2: custody.ndjson is not read"));
  }

  @Test
  void manyEntriesOfImports_areReadInTime() throws Exception {
    EvidenceRecord record = record(List.of(), List.of());
    for (int i = 0; i < MANY; i++) {
      imported(null, record);
      entry(CustodyAction.ADOPTED, Map.of("record", Digest.of(new byte[] {2}).hex()));
    }

    assertTimeoutPreemptively(IN_TIME, () -> assertThat(problems(record)).isEmpty());
  }

  @Test
  void manyArtifactsAndMissingOnes_areComparedInTime() throws Exception {
    List<StoredArtifact> artifacts = new ArrayList<>();
    List<Missing> missing = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      artifacts.add(StoredArtifact.arrived(new ArtifactName("a" + i), 1, CONTENT, "text/plain"));
      missing.add(new Missing("b" + i, "it is not in the bag"));
    }
    EvidenceRecord record = record(artifacts, missing);
    imported("earlier-1", record);
    files.put("earlier-1/custody.ndjson", new byte[0]);

    assertTimeoutPreemptively(
        IN_TIME,
        () ->
            assertThat(problems(record))
                .containsExactly("earlier-1: custody has no entry of its sealing"));
  }

  @Test
  void manyReceiptsAndDerivations_areComparedInTime() throws Exception {
    List<StoredArtifact> artifacts = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      artifacts.add(StoredArtifact.arrived(new ArtifactName("a" + i), 1, CONTENT, "text/plain"));
      artifacts.add(StoredArtifact.derived(new ArtifactName("d" + i), 1, CONTENT, "text/plain"));
      entry(CustodyAction.RECEIVED, Map.of("receipt", "0", "digests", "none"));
      entry(CustodyAction.DERIVED, Map.of("artifact", "a" + i, "sha256", CONTENT.hex()));
    }
    EvidenceRecord record = record(artifacts, List.of());
    Digest sha256 = Digest.of(Json.bytes(record));
    entry(CustodyAction.EXPIRED, Map.of("record", sha256.hex()));
    VerificationReport.Builder report = new VerificationReport.Builder("bag");

    assertTimeoutPreemptively(
        IN_TIME, () -> CustodyComparison.compare(record, sha256, history, report));

    assertThat(report.build(Instant.now()).problems())
        .contains(
            "custody does not say how artifact d0 was derived",
            "and " + (2 * MANY - 1_000) + " more problems");
  }

  private List<String> problems(EvidenceRecord record) throws IOException {
    VerificationReport.Builder report = new VerificationReport.Builder("bag");
    new EarlierHistory(new FakeBundle(files), Anchors.NONE, report).check(record, history);
    return report.build(Instant.now()).problems();
  }

  /** As if evidence with this record had been imported, and had this folder as its history. */
  private void imported(@Nullable String folder, EvidenceRecord record) {
    String sha256 = Digest.of(Json.bytes(record)).hex();
    if (folder == null) {
      entry(CustodyAction.IMPORTED, Map.of("imports", sha256));
    } else {
      entry(CustodyAction.IMPORTED, Map.of("imports", sha256, "history", folder));
      entry(CustodyAction.ADOPTED, Map.of("record", sha256));
      files.put(folder + "/evidence.json", Json.bytes(record));
    }
  }

  private void entry(CustodyAction action, Map<String, String> detail) {
    Digest last = history.isEmpty() ? null : history.get(history.size() - 1).hash();
    history.add(
        CustodyEntry.chained(
            history.size(), Instant.EPOCH, action.word(), id, "token admin", detail, null, last));
  }

  private EvidenceRecord record(List<StoredArtifact> artifacts, List<Missing> missing) {
    return new EvidenceRecord(
        EvidenceRecord.VERSION,
        id,
        id,
        id,
        "shop",
        null,
        "a reason",
        null,
        CaptureState.PARTIAL,
        Instant.EPOCH,
        artifacts,
        SignatureOutcome.NONE,
        List.of(),
        null,
        missing);
  }
}
