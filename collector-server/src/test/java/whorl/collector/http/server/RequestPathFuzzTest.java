package whorl.collector.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import whorl.collector.http.request.ProblemException;

/** The parser for a request's path. */
class RequestPathFuzzTest {
  /** An accepted path has one meaning, and no segment leads out of it. */
  @FuzzTest
  void path_isPlainOrRefused(byte[] input) {
    RequestPath path;
    try {
      path = RequestPath.parse(new String(input, StandardCharsets.ISO_8859_1));
    } catch (ProblemException refused) {
      assertThat(refused.status()).isEqualTo(400);
      return;
    }
    for (String segment : path.segments()) {
      assertThat(segment).isNotEmpty().isNotEqualTo(".").isNotEqualTo("..");
      assertThat(segment.chars().noneMatch(c -> c == '/' || c == '\\' || c < ' ' || c == 0x7F))
          .isTrue();
    }
    assertThat(Path.of("/root" + path.decoded()).normalize().startsWith("/root")).isTrue();
    if (path.decoded().indexOf('%') < 0 && isAscii(path.decoded())) {
      String again = path.decoded().replace("?", "%3F").replace("#", "%23");
      assertThat(RequestPath.parse(again).segments()).isEqualTo(path.segments());
    }
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }
}
