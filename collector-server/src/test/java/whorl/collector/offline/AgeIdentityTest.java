package whorl.collector.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.AgeFiles;
import whorl.evidence.Digest;

class AgeIdentityTest {
  @TempDir private Path folder;
  private final AgeFiles key = AgeFiles.generate();

  @Test
  void file_isDecrypted() throws Exception {
    byte[] content = new byte[200_000];
    new Random(1).nextBytes(content);
    Path encrypted = Files.write(folder.resolve("x.age"), key.encrypted(content));
    Path plain = folder.resolve("x");

    Digest sha256 = AgeIdentity.read(identity(key)).decrypt(encrypted, plain);

    assertThat(Files.readAllBytes(plain)).isEqualTo(content);
    assertThat(sha256).isEqualTo(Digest.of(content));
  }

  @Test
  void otherIdentity_isNamed() throws Exception {
    Path encrypted = Files.write(folder.resolve("x.age"), key.encrypted(new byte[] {1}));
    AgeIdentity other = AgeIdentity.read(identity(AgeFiles.generate()));

    assertThatThrownBy(() -> other.decrypt(encrypted, folder.resolve("x")))
        .isInstanceOf(AgeIdentity.OtherRecipientException.class)
        .hasMessageContaining("is not the identity that it is encrypted to");
  }

  @Test
  void cutOrChangedFile_isRefused() throws Exception {
    byte[] encrypted = key.encrypted(new byte[100_000]);
    AgeIdentity identity = AgeIdentity.read(identity(key));
    Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(encrypted, encrypted.length / 2));
    assertThatThrownBy(() -> identity.decrypt(cut, folder.resolve("x")))
        .isInstanceOf(IOException.class);
    encrypted[encrypted.length - 100] ^= 1;
    Path changed = Files.write(folder.resolve("changed"), encrypted);
    assertThatThrownBy(() -> identity.decrypt(changed, folder.resolve("x")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void identityFile_thatIsNone_isNamedByItsLine_withoutTheSecret() throws Exception {
    String secret = key.secret().substring(0, 60);
    for (String text : new String[] {"", "# only a comment\n", "age1public\n", "\n" + secret}) {
      Path file = Files.writeString(folder.resolve("key"), text);
      assertThatThrownBy(() -> AgeIdentity.read(file))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("key")
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain(secret.substring(20)));
    }
  }

  private Path identity(AgeFiles of) throws IOException {
    return Files.writeString(
        folder.resolve("key.txt"), "# created: today\n# public key\n" + of.secret() + "\n");
  }
}
