package whorl.agent.capture.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.evidence.Digest;

class ContentBufferTest {
  private static final int MAX = 4 << 20;

  private final ContentBuffer buffer = new ContentBuffer();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 200_000, MAX})
  void content_isReturnedWhateverWasHeldBefore(int size) throws IOException {
    byte[] content = random(size);
    buffer.read(new Trickling(random(100_000)), MAX);

    assertThat(buffer.read(new Trickling(content), MAX)).isTrue();

    assertThat(buffer.length()).isEqualTo(size);
    assertHolds(content);
  }

  @Test
  void content_tooLarge_isRefused() throws IOException {
    assertThat(buffer.read(new Trickling(random(MAX + 1)), MAX)).isFalse();
  }

  @Test
  void blocks_together_areTheWholeContent() throws IOException {
    byte[] content = random(150_000);
    InputStream in = new Trickling(content);
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    while (buffer.readNext(in)) {
      buffer.writeTo(out);
    }

    assertThat(out.toByteArray()).isEqualTo(content);
    assertThat(buffer.length()).isZero();
  }

  private void assertHolds(byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    buffer.writeTo(out);
    assertThat(Arrays.equals(out.toByteArray(), content)).isTrue();
    MessageDigest digest = Digest.newSha256();
    buffer.addTo(digest);
    assertThat(Digest.of(digest)).isEqualTo(Digest.of(content));
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  /** Returns fewer bytes than requested. */
  private static final class Trickling extends ByteArrayInputStream {
    Trickling(byte[] bytes) {
      super(bytes);
    }

    @Override
    public synchronized int read(byte[] into, int offset, int length) {
      return super.read(into, offset, Math.min(length, 50_021));
    }
  }
}
