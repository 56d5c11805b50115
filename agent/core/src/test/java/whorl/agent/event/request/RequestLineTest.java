package whorl.agent.event.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequestLineTest {
  private static final String LONG = "x".repeat(1 << 20);

  @Test
  void everyText_isBounded() {
    RequestLine kept = new RequestLine("s", LONG, "/" + LONG, LONG, LONG, LONG, LONG).bounded();

    assertThat(kept.method()).hasSizeLessThan(100);
    assertThat(kept.remoteAddress()).hasSizeLessThan(300);
    assertThat(kept.path()).hasSize(RequestLine.MAX_CHARS);
    assertThat(kept.query()).hasSize(RequestLine.MAX_CHARS);
    assertThat(kept.forwardedFor()).hasSize(RequestLine.MAX_CHARS);
    assertThat(kept.userAgent()).hasSize(RequestLine.MAX_CHARS);
    assertThat(kept.truncated()).isEqualTo("path,query,forwardedFor,userAgent");
  }

  @Test
  void ordinaryLine_isKeptAsItIs() {
    RequestLine line = new RequestLine("s", "GET", "/a", "b=c", "10.0.0.9", null, "curl");

    assertThat(line.bounded()).isSameAs(line);
  }
}
