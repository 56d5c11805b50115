package whorl.agent.hunt;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.channel.HuntRow;

/** Estimates the size of a row as JSON, in which other than ASCII characters are escaped. */
final class RowSize {
  private static final int ROW_BYTES = 120;
  private static final int VALUE_BYTES = 24;
  private static final int ESCAPED_BYTES = 6;

  private RowSize() {}

  static int of(HuntRow row) {
    int bytes = ROW_BYTES + of(row.what()) + of(row.thread()) + of(row.request());
    for (Map.Entry<String, Object> field : row.fields().entrySet()) {
      bytes += of(field.getKey());
      if (field.getValue() instanceof List<?> list) {
        for (Object element : list) {
          bytes += of(String.valueOf(element));
        }
      } else {
        bytes += of(String.valueOf(field.getValue()));
      }
    }
    return bytes;
  }

  private static int of(@Nullable String text) {
    int bytes = VALUE_BYTES;
    for (int i = 0; text != null && i < text.length(); i++) {
      char c = text.charAt(i);
      bytes += c < ' ' || c > '~' || c == '"' || c == '\\' ? ESCAPED_BYTES : 1;
    }
    return bytes;
  }
}
