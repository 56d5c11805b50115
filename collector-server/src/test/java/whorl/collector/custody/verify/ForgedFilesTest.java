package whorl.collector.custody.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** Bags with files that somebody changed or added. */
class ForgedFilesTest extends ForgedBagFixture {
  @Test
  void folderOfABag_isChecked_alsoWithACollectorsFoldersBesideIt() throws Exception {
    files.put("data/threads.txt", "other threads".getBytes(StandardCharsets.UTF_8));
    Path bag = write();
    try (Stream<Path> all = Files.walk(data)) {
      for (Path each : all.filter(Files::isRegularFile).toList()) {
        Path copy = bag.resolve(data.relativize(each).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(each, copy);
      }
    }

    assertThat(new OfflineVerifier(InstantSource.system()).verify(bag).problems())
        .anyMatch(problem -> problem.contains("data/threads.txt: sha-256 is"));
  }

  /** Unzipping tools differ in what they make of such names. */
  @Test
  void filesThatLeadOutOfTheBag_areNamed() throws Exception {
    for (String name :
        List.of(
            "../../.bashrc", "/etc/cron.d/x", "a/../../b", "..\\..\\x", "c:x", "a/..", ".. /x")) {
      Map<String, byte[]> more = new TreeMap<>(files);
      more.put(name, new byte[] {1});
      VerificationReport.Builder report = new VerificationReport.Builder("bag");
      new BagCheck(new FakeBundle(more), Anchors.NONE, report).check();
      assertThat(report.build(Instant.now()).problems())
          .as(name)
          .anyMatch(problem -> problem.startsWith(name + " is no name of a file of a bag"));
    }
    assertThat(verify(List.of()).problems()).isEmpty();
  }

  @Test
  void folderThatLeadsOutOfTheZip_isNamed() throws Exception {
    for (String base : List.of("../", "C:/", ".. /")) {
      assertThat(verifyZip(base).problems())
          .as(base)
          .singleElement()
          .asString()
          .startsWith(base + " is no folder of a bag");
    }
    assertThat(verifyZip("bag/").problems()).isEmpty();
    assertThat(verifyZip("").problems()).isEmpty();
  }

  private VerificationReport verifyZip(String base) throws IOException {
    Path zip = root.resolve("forged.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        out.putNextEntry(new ZipEntry(base + file.getKey()));
        out.write(file.getValue());
        out.closeEntry();
      }
    }
    return new OfflineVerifier(InstantSource.system()).verify(zip);
  }

  /** A list of their digests is signed by nobody, and everybody can add to it. */
  @Test
  void filesThatNoCollectorWrites_areNamed() throws Exception {
    assertThat(verify(List.of(kept)).notes()).noneMatch(note -> note.contains("no signature"));
    files.put("report.html", new byte[] {1});

    VerificationReport report = verify(List.of(kept));

    assertThat(report.problems()).isEmpty();
    assertThat(report.notes())
        .contains("report.html is not known to this version: no signature covers it");
  }

  /** A note about each would leave no room for those about keys. */
  @Test
  void manyFilesThatNoCollectorWrites_hideNoOtherNote() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      files.put("a" + i, new byte[] {1});
    }

    VerificationReport report = verify(List.of());

    assertThat(report.problems()).isEmpty();
    assertThat(report.notes())
        .contains("no signature covers 1980 more files either")
        .anyMatch(note -> note.startsWith("these keys came with the bag"));
  }

  /** Verified as two files, they are one when they are unpacked there. */
  @Test
  void filesThatAreOneOnWindowsOrMacOs_areNamed() throws Exception {
    for (String name :
        List.of(
            "DATA/threads.txt",
            "data./threads.txt",
            "data /threads.txt.",
            "Evidence.json",
            "evidence.json::$DATA",
            "evidence.json. ",
            "evi\u200cdence.json",
            "DATA/other.txt")) {
      Map<String, byte[]> more = new TreeMap<>(files);
      more.put(name, new byte[] {1});
      VerificationReport.Builder report = new VerificationReport.Builder("bag");
      new BagCheck(new FakeBundle(more), Anchors.NONE, report).check();
      assertThat(report.build(Instant.now()).problems())
          .as(name)
          .anyMatch(problem -> problem.contains(" on Windows or macOS"));
    }
  }
}
