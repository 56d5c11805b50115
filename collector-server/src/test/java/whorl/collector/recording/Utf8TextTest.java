package whorl.collector.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8TextTest {
  @Test
  void numbers_areFormattedAsInJava() {
    Random random = new Random(6);
    Utf8Text text = new Utf8Text(1_000);
    for (int i = 0; i < 10_000; i++) {
      long number =
          switch (i) {
            case 0 -> 0;
            case 1 -> Long.MIN_VALUE;
            case 2 -> Long.MAX_VALUE;
            default -> random.nextLong() >> random.nextInt(64);
          };
      text.size(0);
      text.add('#').add(number);
      assertThat(new String(text.toBytes(), UTF_8)).isEqualTo("#" + number);
    }
  }

  @Test
  void fullText_dropsFurtherText() {
    Utf8Text text = new Utf8Text(30);
    for (int i = 0; i < 10; i++) {
      text.add("12345".getBytes(UTF_8));
    }
    text.add('x').add(7L);
    assertThat(text.isFull()).isTrue();
    assertThat(text.toBytes()).hasSize(30).startsWith('1', '2').endsWith('4', '5');
    text.size(25);
    text.add(123L);
    assertThat(new String(text.toBytes(), UTF_8)).hasSize(30).endsWith("45     ");
  }
}
