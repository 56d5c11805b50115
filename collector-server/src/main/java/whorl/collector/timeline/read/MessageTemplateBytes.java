package whorl.collector.timeline.read;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.recording.Utf8Text;

/** A {@link MessageTemplate} for values in UTF-8, with the same result. */
final class MessageTemplateBytes {
  private static final byte[] ABSENT = {'?'};

  private final byte[][] texts;
  private final int[] optional;
  private final boolean[] valued;
  private final boolean[] positive;
  private final int[] positions;

  /** @param fields the names of the values, in order */
  MessageTemplateBytes(MessageTemplate messageTemplate, List<String> fields) {
    List<MessageTemplate.Part> parts = messageTemplate.parts();
    texts = new byte[parts.size()][];
    optional = new int[texts.length];
    valued = new boolean[texts.length];
    positive = new boolean[texts.length];
    positions = new int[texts.length];
    List<Integer> of = messageTemplate.positions(fields);
    for (int i = 0; i < texts.length; i++) {
      texts[i] = parts.get(i).text().getBytes(UTF_8);
      optional[i] = parts.get(i).optional();
      valued[i] = parts.get(i).field() != null;
      positive[i] = parts.get(i).positive();
      positions[i] = of.get(i);
    }
  }

  /** Adds the message with these values, in the order of their fields. */
  void tell(byte[] @Nullable [] values, Utf8Text out) {
    int group = 0;
    int groupStart = out.size();
    boolean lacking = false;
    for (int i = 0; i < texts.length; i++) {
      if (optional[i] != group) {
        if (lacking) {
          out.size(groupStart);
        }
        group = optional[i];
        groupStart = out.size();
        lacking = false;
      }
      out.add(texts[i]);
      if (valued[i]) {
        byte[] value = positions[i] < 0 ? null : values[positions[i]];
        if (value != null && value.length > 0 && !(positive[i] && isZero(value))) {
          out.add(Utf8.cut(value, MessageTemplate.VALUE_MAX_CHARS));
        } else if (group != 0) {
          lacking = true;
        } else {
          out.add(ABSENT);
        }
      }
    }
    if (lacking) {
      out.size(groupStart);
    }
  }

  private static boolean isZero(byte[] value) {
    return value.length == 1 && value[0] == '0';
  }
}
