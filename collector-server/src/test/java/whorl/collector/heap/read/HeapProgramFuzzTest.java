package whorl.collector.heap.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Heap snapshots from outside: there is an answer or a problem, in bounded time and memory. */
class HeapProgramFuzzTest {
  private static byte[] whole;
  private static Path file;

  @BeforeAll
  static void make() throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(SmallDump.gzip()))) {
      whole = in.readAllBytes();
    }
    file = Files.createTempFile("heap", ".hprof");
    assertThat(lines(whole)).allSatisfy(line -> assertThat(line.problem()).isNull());
  }

  @AfterAll
  static void remove() throws IOException {
    Files.deleteIfExists(file);
  }

  @FuzzTest
  void anyFile_hasAnswersOrAProblem(byte[] input) {
    assertThat(lines(input)).isNotEmpty();
  }

  /** The first two bytes are the position at which the rest replaces bytes of a snapshot. */
  @FuzzTest
  void changedSnapshot_hasAnswersOrAProblem(byte[] input) {
    byte[] changed = whole.clone();
    if (input.length > 2) {
      int at = ((input[0] & 0xFF) << 8 | input[1] & 0xFF) % changed.length;
      System.arraycopy(input, 2, changed, at, Math.min(input.length - 2, changed.length - at));
    }
    assertThat(lines(changed)).isNotEmpty();
  }

  private static List<HeapLine> lines(byte[] dump) {
    List<HeapLine> lines = new ArrayList<>();
    try {
      HeapProgram.examine(Files.write(file, dump), true, lines::add);
    } catch (IOException unreadable) {
      lines.add(HeapLine.problem(String.valueOf(unreadable.getMessage())));
    }
    return lines;
  }
}
