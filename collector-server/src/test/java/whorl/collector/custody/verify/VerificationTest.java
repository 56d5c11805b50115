package whorl.collector.custody.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.proof.LogProof;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.VerifierKey;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.Zips;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Json;
import whorl.evidence.VerifyingKey;

/** A changed byte is reported by name, wherever the evidence is stored. */
class VerificationTest {
  private static final String EVENT =
      "{\"sequence\":0,\"time\":\"2026-01-02T03:04:05Z\",\"type\":\"whorl.FileOpen\","
          + "\"fields\":{\"path\":\"/etc/passwd\"},\"stack\":[]}\n";

  @TempDir Path root;
  private final FakeAgent agent =
      new FakeAgent()
          .with("threads.txt", "threads")
          .with("events.ndjson", EVENT)
          .with("classes/ab12.class", "class")
          .seal();
  private Path data;
  private Path bag;

  @BeforeEach
  void ship() throws Exception {
    data = root.resolve("data");
    bag = root.resolve("bag.zip");
    try (TestCollector collector = TestCollector.open(data)) {
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
      Files.write(bag, collector.viewer.get("/api/v1/evidence/" + agent.evidence + "/bag").body());
    }
  }

  @Test
  void untouched_isVerifiedEverywhere() throws Exception {
    Path unpacked = unpack();
    for (Path path : List.of(data, bag, unpacked, agentFolder())) {
      VerificationReport report = verify(path);
      assertThat(report.problems()).as(path.toString()).isEmpty();
      assertThat(report.verified()).isTrue();
      assertThat(report.evidence()).isEqualTo(1);
      assertThat(report.artifacts()).isGreaterThanOrEqualTo(5);
    }
    assertThat(verify(agentFolder().getParent()).evidence()).isEqualTo(1);
  }

  @Test
  void intactEvidence_isVerified_alsoWhileTheLogIsInDoubtAndItsTilesAreMissing() throws Exception {
    try (TestCollector collector = TestCollector.open(data)) {
      collector.custody.contradict("the log was restored from an older backup");
      deleteTiles();

      String report =
          new String(
              collector.viewer.get("/api/v1/evidence/" + agent.evidence + "/verify").body(),
              StandardCharsets.UTF_8);
      assertThat(report)
          .contains("\"verified\":true")
          .contains("custody is in doubt: the log was restored")
          .contains("cannot be proved while the log is in doubt");
    }
  }

  private void deleteTiles() throws IOException {
    List<Path> tiles;
    try (Stream<Path> files = Files.walk(data.resolve("custody/tile"))) {
      tiles = files.filter(Files::isRegularFile).toList();
    }
    assertThat(tiles).isNotEmpty();
    for (Path tile : tiles) {
      Files.delete(tile);
    }
  }

  @Test
  void everyFlippedByteOfTheDataFolder_isNamed() throws Exception {
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (!name.startsWith("catalog.db") && !name.startsWith("cases.db")) {
          flipEach(
              file, () -> verify(data), name.equals("custody.ndjson") ? "custody" : nameIn(file));
        }
      }
    }
  }

  @Test
  void everyFlippedByteOfAnUnpackedBag_isNamed() throws Exception {
    Path unpacked = unpack();
    try (Stream<Path> files = Files.walk(unpacked)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        flipEach(file, () -> verify(unpacked), file.getFileName().toString());
      }
    }
  }

  @Test
  void everyFlippedByteOfAnAgentsFolder_isNamed() throws Exception {
    Path folder = agentFolder();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        flipEach(file, () -> verify(folder), "");
      }
    }
  }

  @Test
  void everyChangedFileOfAZip_isNamed() throws Exception {
    Map<String, byte[]> files = zipFiles();
    for (String changed : files.keySet()) {
      Map<String, byte[]> others = new TreeMap<>(files);
      byte[] content = others.get(changed).clone();
      content[content.length / 2] ^= 1;
      others.put(changed, content);
      zip(others);
      assertThat(verify(bag).problems())
          .as(changed)
          .anyMatch(problem -> problem.contains(changed.substring(changed.indexOf('/') + 1)));

      others.remove(changed);
      zip(others);
      if (changed.endsWith("/bagit.txt")) {
        assertThatThrownBy(() -> verify(bag)).hasMessageContaining("no bag");
      } else {
        assertThat(verify(bag).verified()).as("without " + changed).isFalse();
      }
    }
  }

  @Test
  void everyFlippedByteOfAZip_isEitherNamedOrChangesNothing() throws Exception {
    byte[] whole = Files.readAllBytes(bag);
    Map<String, byte[]> before = zipFiles();
    for (int i = 0; i < whole.length; i += 31) {
      byte[] flipped = whole.clone();
      flipped[i] ^= 4;
      Files.write(bag, flipped);
      boolean verified;
      try {
        verified = verify(bag).verified();
      } catch (IOException unreadable) {
        continue;
      }
      if (verified) {
        Map<String, byte[]> after = zipFiles();
        assertThat(after.keySet()).as("byte %d", i).isEqualTo(before.keySet());
        after.forEach((name, content) -> assertThat(content).isEqualTo(before.get(name)));
      }
    }
  }

  @Test
  void folderOfBags_isCheckedBagByBag() throws Exception {
    Path folder = Files.createDirectory(root.resolve("several"));
    Files.copy(bag, folder.resolve("one.zip"));
    Files.copy(bag, folder.resolve("two.zip"));
    Files.createDirectory(folder.resolve("three"));

    VerificationReport report = verify(folder);

    assertThat(report.problems()).isEmpty();
    assertThat(report.notes()).contains("three is no bag and no evidence of an agent: not checked");
    assertThat(report.evidence()).isEqualTo(2);
  }

  @Test
  void addedFiles_areNamed() throws Exception {
    Path unpacked = unpack();
    Files.writeString(unpacked.resolve("data/planted.txt"), "x");
    assertThat(verify(unpacked).problems())
        .contains("data/planted.txt is not in manifest-sha256.txt")
        .contains("artifact planted.txt is not in evidence.json");
    Files.delete(unpacked.resolve("data/planted.txt"));
    Files.writeString(unpacked.resolve("planted.txt"), "x");
    assertThat(verify(unpacked).problems())
        .as("RFC 8493 allows tag files that no manifest lists")
        .isEmpty();
    assertThat(verify(unpacked).notes())
        .anyMatch(
            note -> note.contains("planted.txt is not in tagmanifest-sha256.txt, and was not"));

    Path folder = agentFolder();
    Files.createSymbolicLink(folder.resolve("link"), bag);
    assertThat(verify(folder).problems()).anyMatch(problem -> problem.contains("link is a link"));

    Map<String, byte[]> files = zipFiles();
    files.put("../../evil", new byte[] {1});
    zip(files);
    assertThat(verify(bag).problems()).anyMatch(problem -> problem.contains("../../evil"));
  }

  /** It is signed with keys that were made for it, and is consistent in itself. */
  @Test
  void evidenceThatSomebodyMadeUp_hasOtherKeysThanThoseFromElsewhere() throws Exception {
    FakeAgent forger = new FakeAgent().with("threads.txt", "nothing happened").seal();
    Path forged = root.resolve("forged.zip");
    try (TestCollector collector = TestCollector.open(root.resolve("forger"))) {
      assertThat(forger.shipAll(collector.agentClient).status()).isEqualTo(204);
      Files.write(
          forged, collector.viewer.get("/api/v1/evidence/" + forger.evidence + "/bag").body());
    }
    VerifierKey log = VerifierKey.parse(Files.readString(unpack().resolve("custody-key.txt")));
    String forgersKey = VerifyingKey.of(forger.key.publicKey()).keyId();
    Digest key = new Digest(VerifyingKey.of(agent.key.publicKey()).keyId());

    assertThat(verify(forged).problems()).isEmpty();
    assertThat(verify(forged).notes())
        .anyMatch(note -> note.startsWith("signed with the agent's key " + forgersKey))
        .anyMatch(note -> note.startsWith("these keys came with the bag"));
    for (Anchors anchors :
        List.of(
            Anchors.NONE.with(List.of(key), List.of()),
            Anchors.NONE.with(List.of(), List.of(log)),
            Anchors.NONE.with(List.of(key), List.of(log)))) {
      assertThat(verify(forged, anchors).problems())
          .hasSize(anchors.agentKeys().size() + anchors.logKeys().size())
          .allMatch(problem -> problem.matches(".*and not (?:with|of) .*"));
      for (Path path : List.of(bag, unpack())) {
        assertThat(verify(path, anchors).problems()).isEmpty();
        assertThat(verify(path, anchors).notes())
            .noneMatch(note -> note.startsWith("these keys came with the bag"));
      }
    }
    Anchors agents = Anchors.NONE.with(List.of(key), List.of());
    assertThat(verify(agentFolder(), agents).problems()).isEmpty();
    assertThat(verify(agentFolder(), agents).notes())
        .contains("this key is one that --agent-key names");
    assertThat(verify(agentFolder(), Anchors.NONE.with(List.of(), List.of(log))).problems())
        .anyMatch(problem -> problem.contains("in no custody log"));
  }

  /** Any bag has a checkpoint of the log; entries that are newer than it need no proof. */
  @Test
  void evidenceThatSomebodyMadeUp_underACheckpointOfTheLog_isNotInThatLog() throws Exception {
    Path genuine = unpack();
    Path checkpoint = genuine.resolve("custody-checkpoint.txt");
    VerifierKey log = VerifierKey.parse(Files.readString(genuine.resolve("custody-key.txt")));
    long size = SignedCheckpoint.parse(Files.readAllBytes(checkpoint)).size();
    Map<String, byte[]> files = new TreeMap<>();
    FakeAgent forger = new FakeAgent().with("threads.txt", "nothing happened").seal();
    try (TestCollector collector = TestCollector.open(root.resolve("forger"))) {
      assertThat(forger.shipAll(collector.agentClient).status()).isEqualTo(204);
      Files.write(bag, collector.viewer.get("/api/v1/evidence/" + forger.evidence + "/bag").body());
    }
    zipFiles()
        .forEach((name, content) -> files.put(name.substring(name.indexOf('/') + 1), content));
    files.put("custody-checkpoint.txt", Files.readAllBytes(checkpoint));
    files.put("custody-key.txt", utf8(log.text() + "\n"));
    files.put("custody-proof.json", Json.bytes(new LogProof.Paths(size, List.of(), List.of())));
    files.put("custody.ndjson", newer(files.get("custody.ndjson"), size));
    StringBuilder tags = new StringBuilder();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      if (!file.getKey().startsWith("data/") && !file.getKey().startsWith("tagmanifest")) {
        tags.append(Digest.of(file.getValue())).append("  ").append(file.getKey()).append('\n');
      }
    }
    files.put("tagmanifest-sha256.txt", utf8(tags.toString()));
    Map<String, byte[]> whole = new TreeMap<>();
    files.forEach((name, content) -> whole.put("forged/" + name, content));
    zip(whole);

    for (Anchors anchors :
        List.of(
            Anchors.NONE,
            Anchors.read(List.of(checkpoint), null),
            Anchors.NONE.with(List.of(), List.of(log)))) {
      assertThat(verify(bag, anchors).problems())
          .singleElement()
          .asString()
          .startsWith("nothing proves that evidence.json is in the log");
      assertThat(verify(genuine, anchors).problems()).isEmpty();
    }
  }

  /** Else a checkpoint from elsewhere would be compared with a log that nobody checks. */
  @Test
  void keyInAFolderThatCustodyDoesNotName_isNoEarlierLogsKey() throws Exception {
    byte[] key = zipFiles().get("whorl-" + agent.evidence + "/custody-key.txt");

    assertThat(key).isNotNull();
    assertThat(
            EarlierHistory.logKeys(
                new FakeBundle(Map.of("earlier-1/custody-key.txt", key)),
                agent.evidence,
                List.of()))
        .isEmpty();
  }

  /** The same entries, as if they followed those of a log of this size. */
  private static byte[] newer(byte[] custody, long size) throws IOException {
    StringBuilder lines = new StringBuilder();
    Digest before = null;
    for (String line : new String(custody, StandardCharsets.UTF_8).lines().toList()) {
      CustodyEntry entry = Json.MAPPER.readValue(line, CustodyEntry.class);
      CustodyEntry moved =
          CustodyEntry.chained(
              size + entry.sequence(),
              entry.time(),
              entry.action(),
              entry.evidence(),
              entry.actor(),
              entry.detail(),
              entry.prev(),
              before);
      before = moved.hash();
      lines.append(Json.text(moved)).append('\n');
    }
    return utf8(lines.toString());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void removedEvidence_isReportedForTheWholeFolder() throws Exception {
    try (Stream<Path> files = Files.walk(data.resolve("evidence"))) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        if (!file.equals(data.resolve("evidence"))) {
          Files.delete(file);
        }
      }
    }
    assertThat(verify(data).problems())
        .containsExactly(
            "evidence " + agent.evidence + ": custody says that it was kept, but it is not there");
  }

  @Test
  void tamperedRecord_isNotRepairedByARestart() throws Exception {
    Path record = data.resolve("evidence/" + agent.evidence + "/evidence.json");
    Files.writeString(record, Files.readString(record).replace("\"shop\"", "\"shoq\""));

    TestCollector.open(data).close();

    assertThat(verify(data).problems())
        .singleElement()
        .asString()
        .matches(".*evidence.json: sha-256 is .*custody entry.*");
  }

  @Test
  void changedArtifact_isReportedWithBothDigests() throws Exception {
    Files.writeString(agentFolder().resolve("threads.txt"), "THREADS");

    assertThat(verify(agentFolder()).problems())
        .containsExactly(
            "artifact threads.txt: sha-256 is "
                + Digest.of("THREADS".getBytes(StandardCharsets.UTF_8))
                + ", manifest says "
                + Digest.of("threads".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void pathWithoutEvidence_isRefused() throws Exception {
    Path empty = Files.createDirectory(root.resolve("empty"));
    Path text = Files.writeString(root.resolve("text"), "no zip");

    assertThatThrownBy(() -> verify(empty)).hasMessageContaining("holds no evidence");
    assertThatThrownBy(() -> verify(text)).hasMessageContaining("is no bag");
    assertThatThrownBy(() -> verify(root.resolve("nowhere")))
        .isInstanceOf(NoSuchFileException.class);
  }

  private interface Verify {
    VerificationReport run() throws IOException;
  }

  /** Flips some forty bytes of a file, or all of a small one. */
  private static void flipEach(Path file, Verify verify, String named) throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int i = 0; i < whole.length; i += Math.max(1, whole.length / 40)) {
      byte[] flipped = whole.clone();
      flipped[i] ^= 1;
      Files.write(file, flipped);
      assertThat(verify.run().problems())
          .as("byte %d of %s", i, file)
          .anyMatch(problem -> problem.contains(named));
    }
    Files.write(file, whole);
  }

  /** Blobs are named by their digest, but the report must name the artifact. */
  private String nameIn(Path file) throws IOException {
    String digest = file.getFileName().toString();
    for (Map.Entry<String, byte[]> entry : zipFiles().entrySet()) {
      if (Digest.of(entry.getValue()).hex().equals(digest)) {
        return entry.getKey().substring(entry.getKey().indexOf("data/") + "data/".length());
      }
    }
    return digest;
  }

  private Path agentFolder() throws IOException {
    Path folder = root.resolve("agents").resolve(agent.evidence.value());
    if (!Files.exists(folder)) {
      Files.createDirectories(folder.resolve("classes"));
      for (var artifact : agent.artifacts.entrySet()) {
        Files.write(folder.resolve(artifact.getKey().value()), artifact.getValue());
      }
      Files.write(folder.resolve("manifest.json"), agent.manifestJson());
      Files.write(folder.resolve("manifest.dsse.json"), agent.envelopeJson());
    }
    return folder;
  }

  private Path unpack() throws IOException {
    Path folder = root.resolve("unpacked");
    for (Map.Entry<String, byte[]> file : zipFiles().entrySet()) {
      Path path = folder.resolve(file.getKey().substring(file.getKey().indexOf('/') + 1));
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    return folder;
  }

  private Map<String, byte[]> zipFiles() throws IOException {
    return new TreeMap<>(Zips.read(Files.readAllBytes(bag)));
  }

  private void zip(Map<String, byte[]> files) throws IOException {
    Files.write(bag, Zips.write(files));
  }

  private static VerificationReport verify(Path path, Anchors anchors) throws IOException {
    return new OfflineVerifier(InstantSource.system()).verify(path, anchors);
  }

  private static VerificationReport verify(Path path) throws IOException {
    return new OfflineVerifier(InstantSource.system()).verify(path);
  }
}
