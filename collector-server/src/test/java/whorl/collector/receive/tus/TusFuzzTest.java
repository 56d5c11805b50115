package whorl.collector.receive.tus;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.ProblemException;
import whorl.collector.receive.uploads.Checksum;
import whorl.collector.receive.uploads.UploadMetadata;
import whorl.evidence.Digest;

/** tus 1.0 headers: each is parsed, or refused with a 4xx problem that names it. */
class TusFuzzTest {
  @FuzzTest
  void metadata_thatIsTaken_isGivenBackTheSame(byte[] input) {
    UploadMetadata metadata;
    try {
      metadata = UploadMetadata.parse(text(input));
    } catch (ProblemException refused) {
      refused(refused, "Upload-Metadata");
      return;
    }
    assertThat(UploadMetadata.parse(metadata.header())).isEqualTo(metadata);
    assertThat(metadata.mediaType()).doesNotContain("\r", "\n");
  }

  /** The input is lines of header, colon and value. */
  @FuzzTest
  void numbers_areLengthsOrRefused(byte[] input) {
    FakeRequest request = FakeRequest.get("/agent/v1/uploads");
    for (String line : text(input).split("\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        request.with(line.substring(0, colon), line.substring(colon + 1));
      }
    }
    try {
      Tus.requireVersion(request);
      Long length = Tus.declaredLength(request);
      assertThat(length == null).isEqualTo(request.header("Upload-Length") == null);
      assertThat(length == null || length >= 0).isTrue();
      assertThat(Tus.number(request, "Upload-Offset")).isNotNegative();
    } catch (ProblemException refused) {
      refused(refused, "");
    }
  }

  /** Only the digest of exactly these bytes matches. */
  @FuzzTest
  void checksum_isThatOfTheBytes(byte[] input) {
    byte[] chunk = "chunk".getBytes(StandardCharsets.UTF_8);
    String right = Base64.getEncoder().encodeToString(Digest.of(chunk).bytes());
    Checksum checksum = checksum(text(input));
    if (checksum != null) {
      checksum.update(ByteBuffer.wrap(chunk));
      boolean matches = checksum.matches();
      assertThat(matches && !text(input).contains(right) && !text(input).startsWith("sha1"))
          .isFalse();
    }
    Checksum of = checksum("sha256 " + right);
    assertThat(of).isNotNull();
    of.update(ByteBuffer.wrap(input));
    assertThat(of.matches()).isEqualTo(Digest.of(input).equals(Digest.of(chunk)));
  }

  private static @Nullable Checksum checksum(String header) {
    try {
      return Checksum.parse(header);
    } catch (ProblemException refused) {
      refused(refused, "Upload-Checksum");
      return null;
    }
  }

  private static void refused(ProblemException refused, String header) {
    assertThat(refused.status()).isBetween(400, 499);
    assertThat(refused.getMessage()).contains(header).doesNotContain("\r", "\n");
  }

  private static String text(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
  }
}
