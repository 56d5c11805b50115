package whorl.collector.custody.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.Digest;

/** Bags from outside: a changed bag is not verified, or is refused. */
class BagFuzzTest {
  private static Path folder;
  private static byte[] sound;
  private static Map<String, Digest> contents;

  @BeforeAll
  static void make() throws Exception {
    folder = Files.createTempDirectory("bag");
    FakeAgent agent = new FakeAgent().with("threads.txt", "threads").seal();
    try (TestCollector collector = TestCollector.open(folder.resolve("data"))) {
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
      sound = collector.viewer.get("/api/v1/evidence/" + agent.evidence + "/bag").body();
    }
    contents = contents(sound);
    assertThat(verify(sound).verified()).isTrue();
  }

  @AfterAll
  static void remove() throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
        Files.delete(file);
      }
    }
  }

  /**
   * The first two input bytes select the position at which the rest replaces bytes of a valid bag.
   */
  @FuzzTest
  void changedBag_isNotVerified(byte[] input) throws IOException {
    if (input.length < 3) {
      return;
    }
    byte[] changed = sound.clone();
    int at = ((input[0] & 0xFF) << 8 | input[1] & 0xFF) % changed.length;
    System.arraycopy(input, 2, changed, at, Math.min(input.length - 2, changed.length - at));
    if (isVerified(changed)) {
      // Only the parts without a checksum differ: times and attributes of files in the zip.
      assertThat(contents(changed)).isEqualTo(contents);
    }
  }

  @FuzzTest
  void anyFile_isNotVerified(byte[] input) throws IOException {
    assertThat(isVerified(input)).isFalse();
  }

  private static boolean isVerified(byte[] bag) throws IOException {
    try {
      return verify(bag).verified();
    } catch (IOException refused) {
      assertThat(refused.getMessage()).isNotBlank();
      return false;
    }
  }

  private static VerificationReport verify(byte[] bag) throws IOException {
    Path file = Files.write(folder.resolve("bag.zip"), bag);
    return new OfflineVerifier(InstantSource.system()).verify(file);
  }

  /** The files in its central directory, which the verifier and most other readers use. */
  private static Map<String, Digest> contents(byte[] bag) throws IOException {
    Path file = Files.write(folder.resolve("contents.zip"), bag);
    Map<String, Digest> contents = new TreeMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        contents.put(entry.getName(), Digest.of(zip.getInputStream(entry).readAllBytes()));
      }
    }
    return contents;
  }
}
