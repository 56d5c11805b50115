package whorl.collector.timeline.read.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.recording.Utf8Text;
import whorl.collector.timeline.read.rows.Utf8;

/** A {@link MessageTemplate} for values in UTF-8, with the same result. */
public final class MessageTemplateBytes {
  private static final byte[] ABSENT = {'?'};

  private final byte[][] texts;
  private final int[] optional;
  private final boolean[] hasValue;
  private final boolean[] positive;
  private final int[] positions;

  /**
   * @param fields the names of the values, in order
   */
  public MessageTemplateBytes(MessageTemplate messageTemplate, List<String> fields) {
    List<MessageTemplate.Part> parts = messageTemplate.parts();
    texts = new byte[parts.size()][];
    optional = new int[texts.length];
    hasValue = new boolean[texts.length];
    positive = new boolean[texts.length];
    positions = new int[texts.length];
    List<Integer> fieldPositions = messageTemplate.positions(fields);
    for (int i = 0; i < texts.length; i++) {
      texts[i] = parts.get(i).text().getBytes(UTF_8);
      optional[i] = parts.get(i).optional();
      hasValue[i] = parts.get(i).field() != null;
      positive[i] = parts.get(i).positive();
      positions[i] = fieldPositions.get(i);
    }
  }

  /** Adds the message with these values, in the order of their fields. */
  public void write(byte[] @Nullable [] values, Utf8Text out) {
    int group = 0;
    int groupStart = out.size();
    boolean incomplete = false;
    for (int i = 0; i < texts.length; i++) {
      if (optional[i] != group) {
        if (incomplete) {
          out.size(groupStart);
        }
        group = optional[i];
        groupStart = out.size();
        incomplete = false;
      }
      out.add(texts[i]);
      if (hasValue[i]) {
        byte[] value = positions[i] < 0 ? null : values[positions[i]];
        if (value != null && value.length > 0 && !(positive[i] && isZero(value))) {
          out.add(Utf8.cut(value, MessageTemplate.VALUE_MAX_CHARS));
        } else if (group != 0) {
          incomplete = true;
        } else {
          out.add(ABSENT);
        }
      }
    }
    if (incomplete) {
      out.size(groupStart);
    }
  }

  private static boolean isZero(byte[] value) {
    return value.length == 1 && value[0] == '0';
  }
}
