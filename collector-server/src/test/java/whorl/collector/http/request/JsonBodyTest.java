package whorl.collector.http.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonBodyTest {
  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  /** Sixteen trees like that of one token at once would fill the heap that the chart gives. */
  @Test
  void tree_ofVeryManyValues_isRefused() {
    byte[] body = bytes("[" + "{},".repeat(JsonBody.MAX_BYTES / 3 - 1) + "{}]");

    assertThat(body.length).isLessThanOrEqualTo(JsonBody.MAX_BYTES);
    assertThatThrownBy(() -> JsonBody.tree(body))
        .isInstanceOfSatisfying(
            ProblemException.class, refused -> assertThat(refused.status()).isEqualTo(400))
        .hasMessageContaining("too many values");
  }

  @Test
  void tree_ofOneLongText_isRead() {
    String text = "x".repeat(JsonBody.MAX_BYTES - 4);

    assertThat(JsonBody.tree(bytes("[\"" + text + "\"]")).path(0).asText()).isEqualTo(text);
  }
}
