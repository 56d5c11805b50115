package whorl.collector.offline;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import whorl.collector.testkit.AgeFiles;
import whorl.evidence.Digest;

/** Encrypted files and identity files: decrypted to what was encrypted, or refused. */
class AgeFuzzTest {
  private static final AgeFiles KEY = AgeFiles.generate();
  private static final byte[] CONTENT = "threads".getBytes(StandardCharsets.UTF_8);
  private static final byte[] ENCRYPTED = KEY.encrypted(CONTENT);
  private static Path folder;
  private static AgeIdentity identity;

  @BeforeAll
  static void make() throws IOException {
    folder = Files.createTempDirectory("age");
    identity = AgeIdentity.read(Files.writeString(folder.resolve("key"), KEY.secret() + "\n"));
  }

  @AfterAll
  static void remove() throws IOException {
    for (String name : new String[] {"key", "in", "out", "identity"}) {
      Files.deleteIfExists(folder.resolve(name));
    }
    Files.delete(folder);
  }

  @FuzzTest
  void anyFile_isRefused(byte[] input) {
    assertThat(decrypted(input)).isNull();
  }

  /** The first two bytes are the position at which the rest replaces bytes of a file. */
  @FuzzTest
  void changedFile_isRefused(byte[] input) {
    byte[] changed = ENCRYPTED.clone();
    if (input.length > 2) {
      int at = ((input[0] & 0xFF) << 8 | input[1] & 0xFF) % changed.length;
      System.arraycopy(input, 2, changed, at, Math.min(input.length - 2, changed.length - at));
    }
    Digest found = decrypted(changed);
    if (found != null) {
      assertThat(found).isEqualTo(Digest.of(CONTENT));
    }
  }

  private static Digest decrypted(byte[] file) {
    try {
      Path in = Files.write(folder.resolve("in"), file);
      return identity.decrypt(in, folder.resolve("out"));
    } catch (IOException refused) {
      assertThat(refused.getMessage()).isNotBlank();
      return null;
    }
  }

  @FuzzTest
  void anyIdentity_isReadOrRefused_withoutItsText(byte[] input) {
    Path file = folder.resolve("identity");
    try {
      assertThat(AgeIdentity.read(Files.write(file, input))).isNotNull();
    } catch (IOException refused) {
      String text = new String(input, StandardCharsets.ISO_8859_1);
      if (text.startsWith("AGE-SECRET-KEY-1") && text.length() > 40) {
        assertThat(refused.getMessage()).doesNotContain(text.substring(16, 40));
      }
    }
  }
}
