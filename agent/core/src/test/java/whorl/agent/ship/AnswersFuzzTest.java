package whorl.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import whorl.agent.ship.net.Answer;
import whorl.agent.ship.net.CollectorUrl;
import whorl.agent.ship.tus.ShipResult;
import whorl.agent.ship.tus.TusAnswers;
import whorl.agent.ship.tus.UploadState;

/** Fuzzes a collector's answers to an upload; the sender may be an attacker. */
class AnswersFuzzTest {
  private static final CollectorUrl URL = CollectorUrl.of(URI.create("https://c:7/base"));
  private static final long LENGTH = 1_000;

  /** The first byte is the status; then lines of headers, an empty line, and the body. */
  @FuzzTest
  void anyAnswer_isAStep(byte[] input) {
    if (input.length == 0) {
      return;
    }
    int[] statuses = {200, 201, 204, 400, 401, 404, 408, 409, 412, 413, 423, 429, 460, 503, 507};
    int status = statuses[(input[0] & 0xFF) % statuses.length];
    String text = new String(input, 1, input.length - 1, StandardCharsets.ISO_8859_1);
    int blank = text.indexOf("\n\n");
    HttpHeaders headers = new DefaultHttpHeaders(false);
    for (String line : text.substring(0, Math.max(0, blank)).split("\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.add(line.substring(0, colon), line.substring(colon + 1));
      }
    }
    Answer answer = new Answer(status, headers, blank < 0 ? text : text.substring(blank + 2));
    TusAnswers answers = new TusAnswers(URL);
    check(answers.created(answer, LENGTH));
    check(answers.patched(answer, "/base/agent/v1/uploads/u1", 10));
    check(answers.queried(answer, "/base/agent/v1/uploads/u1", LENGTH));
  }

  /** Bytes and token go only to an upload of the configured collector. */
  @FuzzTest
  void anyLocation_isAnUploadOfThisCollector(byte[] input) {
    String path = URL.uploadPath(new String(input, StandardCharsets.UTF_8));
    if (path != null) {
      assertThat(path).startsWith("/base/agent/v1/uploads/").doesNotContain("..", " ", "\r", "\n");
    }
  }

  private static void check(UploadState uploadState) {
    if (uploadState instanceof UploadState.At at) {
      assertThat(at.offset()).isBetween(0L, LENGTH);
    } else if (uploadState instanceof UploadState.End end
        && end.result() instanceof ShipResult.Postponed postponed) {
      assertThat(postponed.toString()).doesNotContain("\n");
    }
  }
}
