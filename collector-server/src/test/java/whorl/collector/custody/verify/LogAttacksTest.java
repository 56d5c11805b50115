package whorl.collector.custody.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.LogLine;
import whorl.collector.custody.proof.LogProof;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.custody.publish.FolderLog;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.custody.publish.LogPublisher;
import whorl.collector.custody.publish.Turn;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.testkit.UnforcedDisk;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** Whoever changes a custody log is named, even if every hash of the chain is computed anew. */
class LogAttacksTest {
  private static final Id ONE = new Id("evidence-one");
  private static final Id TWO = new Id("evidence-two");

  @TempDir Path root;
  private DataFolder folder;
  private Path kept;

  @BeforeEach
  void grow() throws Exception {
    folder = new DataFolder(root.resolve("data"));
    Files.createDirectories(folder.evidence());
    kept = root.resolve("kept.txt");
    append(300);
    Files.copy(folder.checkpoint(), kept);
    append(290);
    Files.createDirectories(folder.evidence());
  }

  @Test
  void untouched_isVerified() throws Exception {
    VerificationReport report = verify(kept);

    assertThat(report.problems()).isEmpty();
    assertThat(report.notes())
        .containsExactly("custody continues the log of " + kept + ", of 300 entries");
  }

  @Test
  void tailCutOff_isNamed() throws Exception {
    List<String> lines = Files.readAllLines(folder.custodyLog());
    Files.write(folder.custodyLog(), lines.subList(0, 500));

    assertThat(verify(null).problems())
        .anyMatch(
            problem ->
                problem.startsWith("custody/checkpoint: custody has 500 entries")
                    && problem.contains("its checkpoint is of 590: the last ones are missing"));
    assertThat(reopened()).anyMatch(doubt -> doubt.contains("the last ones are missing"));
  }

  @Test
  void tailCutOff_withTheCheckpointAndTheTilesOfThen_isNamedByAKeptCheckpoint() throws Exception {
    Path later = root.resolve("later.txt");
    Files.copy(folder.checkpoint(), later);
    List<String> lines = Files.readAllLines(folder.custodyLog());
    delete(folder.custody().resolve("tile"));
    Files.delete(folder.checkpoint());
    Files.write(folder.custodyLog(), lines.subList(0, 500));
    append(0);

    assertThat(verify(null).problems()).as("nothing here shows it").isEmpty();
    assertThat(verify(kept).problems()).isEmpty();
    assertThat(verify(later).problems())
        .anyMatch(problem -> problem.contains("later.txt: custody has 500 entries"));
  }

  @Test
  void leafChanged_withAllHashesComputedAnew_isNamed() throws Exception {
    rewrite(100, "somebody else");

    assertThat(verify(null).problems())
        .contains(
            "custody/checkpoint: the first 590 entries of custody are not those of its checkpoint:"
                + " entries were changed, and holds may be missing; restore the log from a backup")
        .contains("custody/tile/0/000 is not of custody.ndjson: it was changed");
    assertThat(reopened()).anyMatch(doubt -> doubt.contains("entries were changed"));
  }

  @Test
  void logWrittenAnew_withNewTilesAndCheckpoint_isNamedByAKeptCheckpoint() throws Exception {
    rewrite(100, "somebody else");
    delete(folder.custody().resolve("tile"));
    Files.delete(folder.checkpoint());
    append(0);

    assertThat(verify(null).problems()).isEmpty();
    assertThat(verify(kept).problems())
        .anyMatch(problem -> problem.contains("the first 300 entries of custody are not those"));
  }

  @Test
  void tileSwapped_isNamed() throws Exception {
    Path tile = folder.custody().resolve("tile/0/000");
    Files.write(tile, Files.readAllBytes(folder.custody().resolve("tile/0/001")));

    assertThat(verify(null).problems())
        .containsExactly("custody/tile/0/000 is not of custody.ndjson: it was changed");
    Files.delete(tile);
    assertThat(verify(null).problems()).containsExactly("custody/tile/0/000 is missing");
  }

  @Test
  void checkpointRolledBack_isNamed() throws Exception {
    Path newest = root.resolve("newest.txt");
    Files.copy(folder.checkpoint(), newest);
    Files.write(folder.checkpoint(), Files.readAllBytes(kept));

    assertThat(verify(newest).problems())
        .contains(
            "custody/checkpoint is of 300 entries, and " + newest + " of 590: it was rolled back");
  }

  @Test
  void checkpointOfAnotherKey_isNamed() throws Exception {
    SignedCheckpoint checkpoint = SignedCheckpoint.parse(Files.readAllBytes(folder.checkpoint()));
    SignerKey other = LogKey.make(new SecureRandom());
    Files.write(
        folder.checkpoint(),
        SignedCheckpoint.sign(checkpoint.size(), checkpoint.root(), other).bytes());

    assertThat(verify(null).problems())
        .anyMatch(problem -> problem.startsWith("custody/checkpoint is not signed with the key"));
    assertThat(reopened()).anyMatch(doubt -> doubt.contains("is not signed with this log's key"));
  }

  @Test
  void acceptedLog_getsANewCheckpoint_andContinues() throws Exception {
    rewrite(100, "somebody else");
    try (CustodyLog log = open()) {
      LogPublisher publisher = publisher(log);
      publisher.publish();
      assertThat(checkpoint().size()).as("nothing is signed in doubt").isEqualTo(590);
      log.acknowledge("token admin", "looked into");
      publisher.publish();
      assertThat(checkpoint().size()).isEqualTo(591);
      assertThat(log.doubts()).isEmpty();
    }
    assertThat(reopened()).isEmpty();
    assertThat(verify(null).problems()).isEmpty();
    assertThat(verify(kept).problems()).isNotEmpty();
  }

  @Test
  void damagedTiles_areWrittenAgainFromTheLines() throws Exception {
    delete(folder.custody().resolve("tile"));
    append(3);
    assertThat(verify(kept).problems()).isEmpty();
    try (Stream<Path> tiles = Files.walk(folder.custody().resolve("tile"))) {
      assertThat(tiles.filter(Files::isRegularFile)).hasSize(4);
    }
  }

  @Test
  void logOfAnEarlierVersion_getsItsTree() throws Exception {
    delete(folder.custody().resolve("tile"));
    Files.delete(folder.checkpoint());
    Files.delete(folder.logKey());
    assertThat(verify(null).notes())
        .containsExactly("custody has no checkpoint: a collector of an earlier version wrote it");
    append(1);

    assertThat(verify(null).problems()).isEmpty();
    assertThat(checkpoint().size()).isEqualTo(591);
  }

  @Test
  void bag_isProven_andEachChangeIsNamed() throws Exception {
    LogProof proof;
    List<LogLine> lines;
    try (CustodyLog log = open()) {
      lines = log.located(ONE);
      proof = publisher(log).proof(lines);
    }
    assertThat(proof).isNotNull();
    assertThat(bag(lines, proof, proof.paths()).problems()).isEmpty();

    List<LogLine> changed = new ArrayList<>(lines);
    changed.set(7, new LogLine(lines.get(7).index(), lines.get(8).bytes()));
    assertThat(bag(changed, proof, proof.paths()).problems())
        .anyMatch(problem -> problem.contains("is not in the log that custody-checkpoint.txt"));

    assertThat(bag(lines.subList(0, lines.size() - 1), proof, proof.paths()).problems())
        .anyMatch(problem -> problem.endsWith("the last ones are missing"));

    LogProof.Paths fewer =
        new LogProof.Paths(
            proof.paths().size(), proof.paths().inclusion().subList(0, 3), List.of());
    assertThat(bag(lines, proof, fewer).problems())
        .anyMatch(problem -> problem.contains("is not in the log that custody-checkpoint.txt"));

    assertThat(bag(lines, null, null).notes())
        .containsExactly("custody has no proofs: a collector of an earlier version made this bag");
  }

  private VerificationReport bag(
      List<LogLine> lines, @Nullable LogProof proof, LogProof.@Nullable Paths paths)
      throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    if (proof != null && paths != null) {
      files.put(BagLayout.CHECKPOINT, proof.checkpoint().bytes());
      files.put(BagLayout.LOG_KEY, (proof.key() + "\n").getBytes());
      files.put(BagLayout.PROOFS, Json.bytes(paths));
    }
    VerificationReport.Builder report = new VerificationReport.Builder("bag");
    new ProofCheck(new FakeBundle(files), Anchors.NONE, report)
        .check(lines.stream().map(LogLine::bytes).toList(), Digest.of(new byte[0]));
    return report.build(Instant.now());
  }

  /** Changes the actor of an entry, and computes every later hash of the chain anew. */
  private void rewrite(int changed, String actor) throws IOException {
    List<String> lines = Files.readAllLines(folder.custodyLog());
    List<String> anew = new ArrayList<>();
    Map<Id, Digest> lastOf = new TreeMap<>((a, b) -> a.value().compareTo(b.value()));
    Digest prev = null;
    for (int i = 0; i < lines.size(); i++) {
      CustodyEntry entry = Json.MAPPER.readValue(lines.get(i), CustodyEntry.class);
      CustodyEntry other =
          CustodyEntry.chained(
              i,
              entry.time(),
              entry.action(),
              entry.evidence(),
              i == changed ? actor : entry.actor(),
              entry.detail(),
              prev,
              lastOf.get(entry.evidence()));
      prev = other.hash();
      lastOf.put(entry.evidence(), prev);
      anew.add(Json.text(other));
    }
    JsonNode first = Json.MAPPER.readTree(anew.get(changed));
    assertThat(first.get("actor").asText()).isEqualTo(actor);
    Files.write(folder.custodyLog(), anew);
  }

  private void append(int entries) throws Exception {
    try (CustodyLog log = open()) {
      LogPublisher publisher = publisher(log);
      for (int i = 0; i < entries; i++) {
        log.append(
            CustodyAction.EXPORTED, i % 3 == 0 ? ONE : TWO, "token viewer", Map.of("n", "" + i));
        if (i % 50 == 7) {
          publisher.publish();
        }
      }
      publisher.close();
    }
  }

  private List<String> reopened() throws Exception {
    try (CustodyLog log = open()) {
      publisher(log).publish();
      return log.doubts();
    }
  }

  private CustodyLog open() throws IOException {
    return CustodyLog.open(folder, new UnforcedDisk(), InstantSource.system());
  }

  private LogPublisher publisher(CustodyLog log) throws IOException {
    UnforcedDisk disk = new UnforcedDisk();
    return new LogPublisher(
        log,
        new FolderLog(folder, disk),
        LogKey.open(folder, disk),
        Turn.ALWAYS,
        InstantSource.system());
  }

  private SignedCheckpoint checkpoint() throws IOException {
    return SignedCheckpoint.parse(Files.readAllBytes(folder.checkpoint()));
  }

  private VerificationReport verify(@Nullable Path checkpoint) throws IOException {
    Anchors anchors = Anchors.read(checkpoint == null ? List.of() : List.of(checkpoint), null);
    return new OfflineVerifier(InstantSource.system()).verify(folder.root(), anchors);
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      files
          .sorted((a, b) -> b.compareTo(a))
          .forEach(
              each -> {
                try {
                  Files.delete(each);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
