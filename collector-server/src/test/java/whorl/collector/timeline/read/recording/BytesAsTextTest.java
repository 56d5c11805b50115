package whorl.collector.timeline.read.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.collector.recording.Utf8Text;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.read.mapping.MessageTemplate;
import whorl.collector.timeline.read.mapping.MessageTemplateBytes;
import whorl.collector.timeline.read.rows.Duplicates;
import whorl.collector.timeline.read.rows.JsonText;
import whorl.collector.timeline.read.rows.RowBlock;

/** UTF-8 texts give the same results as the same texts as Java strings. */
class BytesAsTextTest {
  private static final int TRIALS = 20_000;
  private static final List<String> SENTENCES =
      List.of(
          "opened {a}[ to {b}]",
          "[{a} and ][{b}: {c} ]{a}",
          "{a} {missing}[ ({b}, {c})][, too]",
          "{a}[ and {+b} more][, {+c}]",
          "nothing");

  private final Random random = new Random(21);

  @Test
  void quotedText_isTheSame() {
    JsonBytes json = new JsonBytes();
    for (int i = 0; i < TRIALS; i++) {
      String text = text(40);
      StringBuilder expected = new StringBuilder();
      JsonText.quoted(expected, text);
      json.begin();
      int begin = json.size();
      json.text(text.getBytes(UTF_8));
      assertThat(json.since(begin)).isEqualTo(expected.toString().getBytes(UTF_8));
    }
  }

  @Test
  void sentence_isTheSame() {
    List<String> fields = List.of("a", "b", "c");
    for (int i = 0; i < TRIALS; i++) {
      MessageTemplate messageTemplate = MessageTemplate.of(SENTENCES.get(i % SENTENCES.size()));
      String[] values = new String[fields.size()];
      byte[][] bytes = new byte[fields.size()][];
      for (int j = 0; j < values.length; j++) {
        values[j] = value();
        bytes[j] = values[j] == null ? null : values[j].getBytes(UTF_8);
      }
      Utf8Text written = new Utf8Text(10_000);
      new MessageTemplateBytes(messageTemplate, fields).write(bytes, written);
      String expected =
          messageTemplate.with(name -> fields.contains(name) ? values[fields.indexOf(name)] : null);
      assertThat(written.toBytes()).isEqualTo(expected.getBytes(UTF_8));
    }
  }

  private @Nullable String value() {
    return switch (random.nextInt(5)) {
      case 0 -> null;
      case 1 -> "0";
      default -> text(random.nextInt(20) == 0 ? 700 : 20);
    };
  }

  @Test
  void sentence_leavesOutAPartWhoseNumberIsZero() {
    MessageTemplate messageTemplate = MessageTemplate.of("opened {a}[, and {+b} more]");

    assertThat(messageTemplate.with(name -> name.equals("a") ? "/x" : "0")).isEqualTo("opened /x");
    assertThat(messageTemplate.with(name -> name.equals("a") ? "0" : "7"))
        .isEqualTo("opened 0, and 7 more");
  }

  @Test
  void keyOfDuplicates_isTheSame() {
    Duplicates.Key key = new Duplicates.Key();
    for (int i = 0; i < TRIALS; i++) {
      // malformed characters are not compared
      String value = new String(text(30).getBytes(UTF_8), UTF_8);
      String thread = new String(text(10).getBytes(UTF_8), UTF_8);
      key.begin("whorl.FileOpen", thread).add("path", value);
      long expected = key.value();
      key.begin(Duplicates.Key.hash("whorl.FileOpen"), thread.getBytes(UTF_8))
          .add(Duplicates.Key.hash("path"), value.getBytes(UTF_8));
      assertThat(key.value()).isEqualTo(expected);
    }
  }

  @Test
  void longText_isCutAtTheSameChar() {
    for (String unit : List.of("x", "é", "日", "😀")) {
      for (int more = -2; more < 3; more++) {
        String text =
            "-".repeat(more + 2) + unit.repeat((RowBlock.TEXT_MAX_CHARS - 2) / unit.length());
        RowBlock expected = row();
        expected.put(Column.MESSAGE, text);
        RowBlock block = row();
        block.put(Column.MESSAGE, text.getBytes(UTF_8));
        assertThat(block.texts(Column.MESSAGE)).isDeepEqualTo(expected.texts(Column.MESSAGE));
      }
    }
  }

  private static RowBlock row() {
    RowBlock block = new RowBlock();
    block.begin(1, 1, true);
    return block;
  }

  private String text(int charsMax) {
    char[] chars = new char[random.nextInt(charsMax + 1)];
    for (int i = 0; i < chars.length; i++) {
      chars[i] =
          (char)
              switch (random.nextInt(6)) {
                case 0 -> random.nextInt(0x10000);
                case 1 -> 0xD800 + random.nextInt(0x800);
                case 2 -> random.nextInt(0x20);
                case 3 -> "\"\\/\u007F\u0080é".charAt(random.nextInt(6));
                default -> random.nextInt(0x80);
              };
    }
    return new String(chars);
  }
}
