package whorl.collector.cli.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoundedResultTest {
  @Test
  void lines_arePassedOnWhenTheyAreComplete() throws Exception {
    List<String> lines = new ArrayList<>();
    try (BoundedResult result = new BoundedResult(lines::add)) {
      result.write(utf8("one\r\ntw"));
      assertThat(lines).containsExactly("one");
      result.write(utf8("o\n\nthr"));
      result.write(utf8("ee"));
      assertThat(lines).containsExactly("one", "two", "");
    }

    assertThat(lines).containsExactly("one", "two", "", "three");
  }

  @Test
  void manyLines_areNotKept_andOneWithoutEndIsAnError() throws Exception {
    byte[] megabyte = new byte[1 << 20];
    try (BoundedResult result = new BoundedResult(line -> {})) {
      for (int i = 0; i < 150; i++) {
        result.write(megabyte);
        result.write('\n');
      }
      assertThat(result.bytes()).isEmpty();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 150; i++) {
                  result.write(megabyte);
                }
              })
          .isInstanceOf(IOException.class)
          .hasMessageContaining("longer than 128 MiB");
    }
  }

  @Test
  void whole_isKept() throws Exception {
    try (BoundedResult result = new BoundedResult()) {
      result.write(utf8("one\ntwo"));

      assertThat(result.bytes()).isEqualTo(utf8("one\ntwo"));
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
