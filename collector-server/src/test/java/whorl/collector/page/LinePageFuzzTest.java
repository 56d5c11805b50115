package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Pages of text artifacts, and cursors from clients. */
class LinePageFuzzTest {
  /** The first byte is the page's number of lines. All pages together contain all lines. */
  @FuzzTest
  void pages_haveAllLines(byte[] input) throws IOException {
    int limit = input.length == 0 ? 1 : 1 + (input[0] & 0x7F);
    Path file = Files.createTempFile("lines", ".txt");
    try {
      Files.write(file, input);
      List<Long> numbers = new ArrayList<>();
      LinePage.Cursor at = LinePage.Cursor.START;
      int pages = 0;
      while (at != null) {
        LinePage page = LinePage.read(file, at, null, limit);
        assertThat(page.lines()).hasSameSizeAs(page.numbers()).hasSizeLessThanOrEqualTo(limit);
        numbers.addAll(page.numbers());
        at = page.next() == null ? null : LinePage.Cursor.parse(page.next());
        assertThat(++pages).isLessThanOrEqualTo(input.length + 2);
      }
      assertThat(numbers).isSorted();
      assertThat(numbers.stream().distinct().count()).isEqualTo(lines(input));
    } finally {
      Files.delete(file);
    }
  }

  @FuzzTest
  void cursor_isSomewhereOrNone(byte[] input) throws IOException {
    String text = new String(input, StandardCharsets.UTF_8);
    LinePage.Cursor cursor = LinePage.Cursor.parse(text);
    if (cursor != null) {
      assertThat(LinePage.Cursor.parse(cursor.text())).isEqualTo(cursor);
      Path file = Files.createTempFile("lines", ".txt");
      try {
        Files.write(file, input);
        LinePage page = LinePage.read(file, cursor, "a", 10);
        assertThat(page.lines()).hasSizeLessThanOrEqualTo(10);
      } finally {
        Files.delete(file);
      }
    }
  }

  private static long lines(byte[] input) {
    long lines = 0;
    for (byte each : input) {
      lines += each == '\n' ? 1 : 0;
    }
    return input.length > 0 && input[input.length - 1] != '\n' ? lines + 1 : lines;
  }
}
