package whorl.collector.timeline.words;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Fuzzes the word index: words of a text are found, and an invalid file is not used. */
class WordIndexFuzzTest {
  /** A zero byte separates a word from its context. */
  @FuzzTest
  void word_inAText_isFound(byte[] input) throws IOException {
    int at = 0;
    while (at < input.length && input[at] != 0) {
      at++;
    }
    String word = new String(Arrays.copyOf(input, at), StandardCharsets.UTF_8);
    String around =
        new String(
            Arrays.copyOfRange(input, Math.min(at + 1, input.length), input.length),
            StandardCharsets.UTF_8);
    Path file = Files.createTempFile("words", ".bin");
    try {
      try (WordWriter writer = new WordWriter(file)) {
        writer.add((around + word + around).getBytes(StandardCharsets.UTF_8), 7);
      }
      try (WordIndex index = WordIndex.open(file)) {
        assertThat(index).isNotNull();
        assertThat(index.blocks()).isEqualTo(1);
        assertThat(index.mayHold(0, Word.of(word))).isTrue();
        assertThat(index.mayLink(0, 7)).isTrue();
      }
    } finally {
      Files.delete(file);
    }
  }

  @FuzzTest
  void anyFile_isAnIndexOrNone(byte[] input) throws IOException {
    Path file = Files.createTempFile("words", ".bin");
    try {
      Files.write(file, input);
      try (WordIndex index = WordIndex.open(file)) {
        if (index != null) {
          for (int block = 0; block < index.blocks(); block++) {
            index.mayHold(block, Word.of("passwd"));
            index.mayLink(block, 7);
          }
        }
      }
    } finally {
      Files.delete(file);
    }
  }
}
