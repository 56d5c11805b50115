package whorl.agent.event.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import whorl.event.DecodedText;

/** Requests of anybody, as a server hands them over. */
class RequestTextFuzzTest {
  @FuzzTest
  void anyTarget_isSplitAndBounded(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    RequestLine line =
        RequestLine.ofTarget("server", text, text, text, text, text.repeat(3)).bounded();

    for (String part :
        new @Nullable String[] {
          line.path(), line.query(), line.forwardedFor(), line.userAgent(), line.method()
        }) {
      assertThat(part == null ? "" : part).hasSizeLessThanOrEqualTo(RequestLine.MAX_CHARS);
    }
  }

  /** Decoding never adds, so that a short text cannot become a long one. */
  @FuzzTest
  void anyText_isDecodedToNoMore(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);

    assertThat(DecodedText.of(text)).hasSizeLessThanOrEqualTo(text.length());
    assertThat(DecodedText.ofPath(text)).hasSizeLessThanOrEqualTo(text.length());
  }
}
