package whorl.collector.custody.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import whorl.evidence.Digest;

/** What a bag or a published log has beside custody: checkpoints, tiles, time stamps. */
class ProofFuzzTest {
  private static final SignerKey KEY = SignerKey.make("example.org/log", new SecureRandom());
  private static final byte[] SIGNED =
      SignedCheckpoint.sign(7, Digest.of(new byte[] {1}), KEY).bytes();
  private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);
  private static StampMaker maker;
  private static byte[] stamp;

  @BeforeAll
  static void make() throws Exception {
    maker = StampMaker.make(0);
    stamp = maker.stamp(CONTENT);
    assertThat(TimeStamp.parse(stamp).problem(CONTENT, List.of(maker.authority()))).isNull();
  }

  @FuzzTest
  void anyCheckpoint_isReadAgainOrRefused(byte[] input) {
    try {
      SignedCheckpoint read = SignedCheckpoint.parse(input);
      assertThat(SignedCheckpoint.parse(read.bytes())).isEqualTo(read);
      assertThat(read.isSignedBy(KEY.verifier())).isFalse();
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).isNotBlank().hasSizeLessThan(2_000);
    }
  }

  /** The first two bytes are the position at which the rest replaces bytes of a checkpoint. */
  @FuzzTest
  void tamperedCheckpoint_isNotSigned(byte[] input) {
    byte[] tampered = tampered(SIGNED, input);
    try {
      SignedCheckpoint read = SignedCheckpoint.parse(tampered);
      if (read.isSignedBy(KEY.verifier())) {
        assertThat(read.size()).isEqualTo(7);
        assertThat(read.root()).isEqualTo(Digest.of(new byte[] {1}));
      }
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }

  @FuzzTest
  void anyKey_isReadAgainOrRefused(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    try {
      VerifierKey key = VerifierKey.parse(text);
      assertThat(VerifierKey.parse(key.text()).text()).isEqualTo(key.text());
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }

  /** A path, an empty line, and the content. */
  @FuzzTest
  void anyTile_isHashesOrLeavesOrRefused(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    TilePath path = TilePath.parse(text.split("\n", 2)[0]);
    byte[] content = Arrays.copyOfRange(input, Math.min(input.length, 16), input.length);
    if (path != null) {
      assertThat(TilePath.parse(path.path())).isEqualTo(path);
      assertThat(path.path()).doesNotContain("..").startsWith("tile/");
      try {
        assertThat(Tile.hashes(path, content)).hasSize(path.width());
      } catch (IOException refused) {
        assertThat(refused.getMessage()).contains(path.path());
      }
    }
    try {
      assertThat(Tile.bundle(Tile.leaves(content))).isEqualTo(content);
    } catch (IOException refused) {
      assertThat(refused.getMessage()).contains("leaf");
    }
  }

  @FuzzTest
  void anyTimeStamp_isNotTheAuthoritys(byte[] input) {
    assertThat(isSound(input)).isFalse();
  }

  /** The first two bytes are the position at which the rest replaces bytes of a time stamp. */
  @FuzzTest
  void tamperedTimeStamp_hasNoOtherTime(byte[] input) throws IOException {
    byte[] tampered = tampered(stamp, input);
    if (isSound(tampered)) {
      assertThat(TimeStamp.parse(tampered).time()).isEqualTo(TimeStamp.parse(stamp).time());
    }
  }

  private static boolean isSound(byte[] response) {
    try {
      TimeStamp read = TimeStamp.parse(response);
      assertThat(read.time()).isNotNull();
      assertThat(read.authority()).isNotNull();
      return read.problem(CONTENT, Set.of(maker.authority())) == null;
    } catch (IOException refused) {
      assertThat(refused.getMessage()).contains("no time stamp");
      return false;
    }
  }

  private static byte[] tampered(byte[] whole, byte[] input) {
    byte[] tampered = whole.clone();
    if (input.length > 2) {
      int at = ((input[0] & 0xFF) << 8 | input[1] & 0xFF) % tampered.length;
      System.arraycopy(input, 2, tampered, at, Math.min(input.length - 2, tampered.length - at));
    }
    return tampered;
  }
}
