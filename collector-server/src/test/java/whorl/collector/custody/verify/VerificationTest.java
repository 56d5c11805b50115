package whorl.collector.custody.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import whorl.collector.store.outage.Outage;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.Digest;

/** A changed byte is reported by name, wherever the evidence is stored. */
class VerificationTest extends VerifiedFixture {
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

  /** Else genuine evidence would be called damaged, also in a report that is handed on. */
  @Test
  void storeThatIsAway_isNoProblemOfTheEvidence() {
    Bundle away =
        new Bundle() {
          @Override
          public SortedSet<String> names() {
            return new TreeSet<>(Set.of("manifest.json"));
          }

          @Override
          public InputStream open(String name) throws IOException {
            throw new Away();
          }
        };
    EvidenceCheck check = new EvidenceCheck(away, new VerificationReport.Builder("evidence"));

    assertThatThrownBy(check::ofAgent).isInstanceOf(Away.class);
  }

  private static final class Away extends IOException implements Outage {
    private static final long serialVersionUID = 1;

    @Override
    public String unusable() {
      return "the object store";
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
}
