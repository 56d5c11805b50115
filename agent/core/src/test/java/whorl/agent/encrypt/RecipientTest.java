package whorl.agent.encrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.exceptionfactory.jagged.bech32.Bech32;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.evidence.ArtifactName;

final class RecipientTest {
  private static final int MIB = 1 << 20;
  private static final String ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l1bio";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 131_072, 10 * MIB})
  void encrypting_anyLength_isReadByTheSecretKey(int length) throws Exception {
    AgeKey key = AgeKey.generate();
    byte[] plain = random(length);

    byte[] encrypted = encrypted(Recipient.of(key.recipient()), plain);

    assertThat(key.decrypt(encrypted)).isEqualTo(plain);
    if (length > 16) {
      byte[] start = java.util.Arrays.copyOf(plain, 16);
      assertThat(indexOf(encrypted, start)).isNegative();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 10 * MIB})
  void encrypting_anyLength_isReadByAge(int length) throws Exception {
    assumeTrue(present("age"), "skipped: there is no age in PATH (apt install age)");
    assumeTrue(present("age-keygen"), "skipped: there is no age-keygen in PATH");
    Path keyFile = folder.resolve("key.txt");
    run("age-keygen", "-o", keyFile.toString());
    Recipient recipient = Recipient.of(run("age-keygen", "-y", keyFile.toString()).strip());
    byte[] plain = random(length);
    Path encrypted = Files.write(folder.resolve("plain.age"), encrypted(recipient, plain));
    Path decrypted = folder.resolve("plain");

    run("age", "-d", "-i", keyFile.toString(), "-o", decrypted.toString(), encrypted.toString());

    // age writes no file if there is nothing to write.
    byte[] read = Files.exists(decrypted) ? Files.readAllBytes(decrypted) : new byte[0];
    assertThat(read).isEqualTo(plain);
  }

  @Test
  void encrypting_twiceTheSame_givesDifferentFiles() throws Exception {
    Recipient recipient = Recipient.of(AgeKey.generate().recipient());

    assertThat(encrypted(recipient, new byte[100]))
        .isNotEqualTo(encrypted(recipient, new byte[100]));
  }

  @Test
  void encrypting_writesAsItGoes_holdingNoMoreThanAPiece() throws Exception {
    Recipient recipient = Recipient.of(AgeKey.generate().recipient());
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    try (OutputStream in = recipient.encrypting(out)) {
      for (int i = 1; i <= 100; i++) {
        in.write(new byte[10_000]);
        assertThat(out.size()).isGreaterThanOrEqualTo(i * 10_000 - (64 << 10));
      }
    }
  }

  @Test
  void encrypting_interruptedThread_writesOn() throws Exception {
    AgeKey key = AgeKey.generate();
    byte[] plain = random(200_000);
    Thread.currentThread().interrupt();

    byte[] encrypted = encrypted(Recipient.of(key.recipient()), plain);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(key.decrypt(encrypted)).isEqualTo(plain);
  }

  @Test
  void close_twice_endsTheFileOnceAndClosesItsTarget() throws Exception {
    AgeKey key = AgeKey.generate();
    Full to = new Full(Integer.MAX_VALUE);
    OutputStream in = Recipient.of(key.recipient()).encrypting(to);
    in.write(7);

    in.close();
    in.close();

    assertThat(to.closed).isEqualTo(1);
    assertThat(key.decrypt(to.kept.toByteArray())).containsExactly(7);
    assertThatThrownBy(() -> in.write(8))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ended");
  }

  @Test
  void close_afterAFailedWrite_leavesNoValidFile() throws Exception {
    AgeKey key = AgeKey.generate();
    Full to = new Full(100_000);
    OutputStream in = Recipient.of(key.recipient()).encrypting(to);
    in.write(new byte[130_000]);

    assertThatThrownBy(() -> in.write(new byte[130_000])).hasMessageContaining("full");
    to.limit = Integer.MAX_VALUE;
    assertThatThrownBy(() -> in.write(1)).hasMessageContaining("failed before");
    in.close();

    assertThat(to.closed).isEqualTo(1);
    assertThatThrownBy(() -> key.decrypt(to.kept.toByteArray())).isInstanceOf(IOException.class);
  }

  @Test
  void close_withoutRoom_throwsAndClosesItsTarget() throws Exception {
    Full to = new Full(1_000);
    OutputStream in = Recipient.of(AgeKey.generate().recipient()).encrypting(to);
    in.write(new byte[10_000]);

    assertThatThrownBy(in::close).hasMessageContaining("full");
    assertThat(to.closed).isEqualTo(1);
  }

  @Test
  void of_anyOneCharacterWrong_isRefused() throws Exception {
    String right = AgeKey.generate().recipient();
    for (int i = 0; i < right.length(); i++) {
      for (char other : ALPHABET.toCharArray()) {
        if (other != right.charAt(i)) {
          String wrong = right.substring(0, i) + other + right.substring(i + 1);
          assertThatIllegalArgumentException()
              .as(wrong)
              .isThrownBy(() -> Recipient.of(wrong))
              .withMessageMatching(".*(age-keygen).*");
        }
      }
    }
    assertThat(Recipient.of(right).text()).isEqualTo(right);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "age1",
        "age1xyz",
        "AGE1CU90LMV0997ZJLDZL88DJUZMWXM5N5LALH5EYNMH5XY0A6EQRUHQRXFFJW",
        "age1yubikey1q2w7u3vpya839jxxuq8g0sedh3d740d4xvn639sqhr95ejj8vu3hyfumptt",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2g investigator",
        "investigator@example.com"
      })
  void of_otherThings_areRefusedWithTheRemedy(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Recipient.of(text))
        .withMessageContaining("age1…, ")
        .withMessageContaining("age-keygen");
  }

  @Test
  void of_twoRecipients_areRefused() throws Exception {
    String two = AgeKey.generate().recipient() + "," + AgeKey.generate().recipient();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Recipient.of(two))
        .withMessageContaining("one public key");
  }

  @Test
  void of_theSecretKey_isRefusedAndNotRepeated() throws Exception {
    String secret = AgeKey.generate().secret();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Recipient.of(secret))
        .withMessageContaining("secret key")
        .withMessageNotContaining(secret.substring(20));
  }

  @Test
  void tryOut_pointOfSmallOrder_isRefused() {
    String zero = Bech32.getEncoder().encode("age", new byte[32]).toString();
    Recipient recipient = Recipient.of(zero);

    assertThatThrownBy(recipient::tryOut)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(zero);
  }

  @Test
  void tryOut_here_works() throws Exception {
    Recipient recipient = Recipient.of(AgeKey.generate().recipient());

    assertThatCode(recipient::tryOut).doesNotThrowAnyException();
  }

  @Test
  void nameOf_endsInAge() throws Exception {
    Recipient recipient = Recipient.of(AgeKey.generate().recipient());
    ArtifactName plain = new ArtifactName("classes/ab12.class");

    assertThat(recipient.nameOf(plain)).hasToString("classes/ab12.class.age");
    assertThat(recipient.nameOf(plain).isEncrypted()).isTrue();
    assertThat(plain.isEncrypted()).isFalse();
    ArtifactName longest = new ArtifactName("a".repeat(128));
    assertThatIllegalArgumentException().isThrownBy(() -> recipient.nameOf(longest));
  }

  /** Encrypts with writes of one byte and of many. */
  private static byte[] encrypted(Recipient recipient, byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream in = recipient.encrypting(out)) {
      int next = 0;
      for (int at = 0; at < plain.length; next = next > 300_000 ? 0 : next * 3 + 1) {
        if (next == 0) {
          in.write(plain[at++]);
        } else {
          int length = Math.min(next, plain.length - at);
          in.write(plain, at, length);
          in.flush();
          at += length;
        }
      }
    }
    return out.toByteArray();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static int indexOf(byte[] all, byte[] part) {
    for (int i = 0; i + part.length <= all.length; i++) {
      if (ByteBuffer.wrap(all, i, part.length).equals(ByteBuffer.wrap(part))) {
        return i;
      }
    }
    return -1;
  }

  private static boolean present(String program) {
    for (String place : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(place, program))) {
        return true;
      }
    }
    return false;
  }

  private String run(String... command) throws Exception {
    Path out = folder.resolve("out.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(folder.resolve("err.txt").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("err.txt"))).isZero();
    return Files.readString(out);
  }

  /** Accepts so many bytes, and no more. */
  private static final class Full extends OutputStream {
    final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    int limit;
    int closed;

    Full(int limit) {
      this.limit = limit;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (kept.size() + length > limit) {
        throw new IOException("full");
      }
      kept.write(bytes, offset, length);
    }

    @Override
    public void close() {
      closed++;
    }
  }
}
