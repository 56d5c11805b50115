package whorl.collector.timeline.words;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordIndexTest {
  private static final int LETTERS = 0x110000;

  @TempDir private Path folder;

  /** If DuckDB maps a letter to another one, both must fold to the same bytes. */
  @Test
  void everyLetter_isFoldedAsItsLowerCaseInDuckDb() throws Exception {
    List<String> missed = new ArrayList<>();
    int compared = 0;
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        ResultSet letters =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT chr(i::INT) AS letter, lower(chr(i::INT)) FROM range(1, "
                        + LETTERS
                        + ") each(i) WHERE i NOT BETWEEN 55296 AND 57343")) {
      while (letters.next()) {
        compared++;
        String letter = letters.getString(1);
        String lower = letters.getString(2);
        if (!letter.equals(lower) && !Arrays.equals(folded(letter), folded(lower))) {
          missed.add(letter + " U+" + Integer.toHexString(letter.codePointAt(0)));
        }
      }
    }
    assertThat(compared).isGreaterThan(1_000_000);
    assertThat(missed).isEmpty();
  }

  @Test
  void anyPartOfAnyText_isFoundInItsBlock() throws Exception {
    Random random = new Random(7);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 3 * WordWriter.BLOCK_TEXTS / 2; i++) {
      texts.add(text(random));
    }
    List<Long> blocks = write(texts);

    try (WordIndex index = WordIndex.open(folder.resolve("words.bin"))) {
      assertThat(index.blocks()).isEqualTo(2);
      for (int i = 0; i < texts.size(); i += 7) {
        String text = texts.get(i);
        for (int from = 0; from < text.length(); from++) {
          int to = Math.min(text.length(), from + 3 + random.nextInt(6));
          if (halves(text, from) || halves(text, to)) {
            continue;
          }
          String part = cased(text.substring(from, to), random);
          assertThat(index.mayHold((int) (long) blocks.get(i), Word.of(part)))
              .as("%s in %s", part, text)
              .isTrue();
        }
      }
    }
  }

  @Test
  void wordOfAnotherBlock_isRuledOut() throws Exception {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 20 * WordWriter.BLOCK_TEXTS; i++) {
      texts.add("opened /srv/shop/images/" + i + ".png by http-" + Long.toHexString(i * 7919L));
    }
    texts.set(9 * WordWriter.BLOCK_TEXTS + 5, "opened /tmp/ÜBER-dropper.sh");
    write(texts);

    assertThat(blocksOf("über-Dropper")).containsExactly(9);
    assertThat(blocksOf("zzz")).hasSizeLessThan(20);
    assertThat(blocksOf("opened")).hasSize(20);
    assertThat(blocksOf("so")).as("too short to tell").hasSize(20);
    assertThat(blocksOf("\uD800ab")).as("no letter").hasSize(20);
  }

  @Test
  void link_isFoundInItsBlock() throws Exception {
    Path file = folder.resolve("words.bin");
    try (WordWriter writer = new WordWriter(file)) {
      for (long i = 0; i < 4L * WordWriter.BLOCK_TEXTS; i++) {
        writer.add(new byte[0], i * 0x9E37_79B9_7F4A_7C15L);
      }
    }
    try (WordIndex index = WordIndex.open(file)) {
      int elsewhere = 0;
      for (long i = 0; i < 4L * WordWriter.BLOCK_TEXTS; i++) {
        long link = i * 0x9E37_79B9_7F4A_7C15L;
        assertThat(index.mayLink((int) (i / WordWriter.BLOCK_TEXTS), link)).isTrue();
        elsewhere += index.mayLink((int) ((i / WordWriter.BLOCK_TEXTS + 1) % 4), link) ? 1 : 0;
      }
      assertThat(elsewhere).isLessThan(4 * WordWriter.BLOCK_TEXTS / 50);
    }
  }

  @Test
  void tooLongTexts_mayHoldAnyWord() throws Exception {
    byte[] megabyte = "0123456789abcdef".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
    try (WordWriter writer = new WordWriter(folder.resolve("words.bin"))) {
      for (int i = 0; i < 9; i++) {
        writer.add(megabyte);
      }
      writer.endBlock();
      writer.add("short".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(blocksOf("nowhere")).containsExactly(0);
  }

  @Test
  void damagedSieve_mayHoldAnyWord() throws Exception {
    write(List.of("opened /etc/passwd"));
    assertThat(blocksOf("nowhere")).isEmpty();
    Path file = folder.resolve("words.bin");
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 0; i < bytes.length - WordFile.END_BYTES - WordFile.ENTRY_BYTES; i++) {
      bytes[i] = 0;
    }
    Files.write(file, bytes);
    assertThat(blocksOf("nowhere")).containsExactly(0);
  }

  @Test
  void damagedDirectory_isIgnored() throws Exception {
    write(List.of("opened /etc/passwd"));
    Path file = folder.resolve("words.bin");
    byte[] bytes = Files.readAllBytes(file);
    for (int i = bytes.length - WordFile.END_BYTES - WordFile.ENTRY_BYTES; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 0x40;
      Files.write(file, damaged);
      assertThat(WordIndex.open(file)).as("byte " + i).isNull();
    }
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThat(WordIndex.open(file)).as(length + " bytes").isNull();
    }
    Files.delete(file);
    assertThat(WordIndex.open(file)).isNull();
  }

  /** True if a surrogate pair is split here. */
  private static boolean halves(String text, int at) {
    return at > 0
        && at < text.length()
        && Character.isSurrogatePair(text.charAt(at - 1), text.charAt(at));
  }

  private List<Long> write(List<String> texts) throws IOException {
    List<Long> blocks = new ArrayList<>();
    try (WordWriter writer = new WordWriter(folder.resolve("words.bin"))) {
      for (String text : texts) {
        blocks.add(writer.add(text.getBytes(StandardCharsets.UTF_8)));
      }
    }
    return blocks;
  }

  private List<Integer> blocksOf(String word) throws IOException {
    List<Integer> blocks = new ArrayList<>();
    try (WordIndex index = WordIndex.open(folder.resolve("words.bin"))) {
      for (int block = 0; block < index.blocks(); block++) {
        if (index.mayHold(block, Word.of(word))) {
          blocks.add(block);
        }
      }
    }
    return blocks;
  }

  private static byte[] folded(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    byte[] folded = new byte[utf8.length];
    return Arrays.copyOf(folded, Folding.fold(utf8, folded));
  }

  /** Letters of all kinds, including lone surrogates and letters with an unusual lower case. */
  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(40);
    for (int i = 0; i < length; i++) {
      switch (random.nextInt(8)) {
        case 0 -> text.append("İıßẞΣσςKΩÅſǅ".charAt(random.nextInt(12)));
        case 1 -> text.append((char) (0x400 + random.nextInt(0x130)));
        case 2 -> text.append((char) (0x4E00 + random.nextInt(0x100)));
        case 3 -> text.append((char) random.nextInt(0x10000));
        case 4 -> text.appendCodePoint(0x1F600 + random.nextInt(64));
        default -> text.append((char) (' ' + random.nextInt(95)));
      }
    }
    return text.toString();
  }

  /** Lower case as in DuckDB, which maps one letter to one letter. */
  private static String cased(String part, Random random) {
    StringBuilder cased = new StringBuilder();
    for (int i = 0; i < part.length(); i++) {
      String letter = part.substring(i, i + 1);
      boolean plain = letter.charAt(0) < 0x80;
      cased.append(
          plain && random.nextBoolean()
              ? letter.toUpperCase(Locale.ROOT)
              : plain && random.nextBoolean() ? letter.toLowerCase(Locale.ROOT) : letter);
    }
    return cased.toString();
  }
}
