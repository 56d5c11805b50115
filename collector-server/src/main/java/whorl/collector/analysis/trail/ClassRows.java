package whorl.collector.analysis.trail;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.stack.Frames;
import whorl.collector.analysis.stack.OwnWork;
import whorl.collector.timeline.Column;

/** Reads rows about classes. */
public final class ClassRows {
  private ClassRows() {}

  /** True if the stack in the row shows that a known class generator defined the class. */
  public static boolean isGenerated(RowView row, Set<String> foreign) {
    List<String> stack = row.fieldList("stack");
    return !stack.isEmpty() && OwnWork.generates(Frames.parse(String.join("\n", stack)), foreign);
  }

  public static @Nullable String sha256(RowView row) {
    String sha256 = row.textOr(Column.FILE_SHA256, "sha256");
    return sha256.matches("[0-9a-f]{64}") ? sha256 : null;
  }

  /** Parses a severity that an agent wrote. Returns null if the word is unknown. */
  public static @Nullable Severity severity(@Nullable Object word) {
    try {
      return word == null ? null : Severity.of(word.toString());
    } catch (IllegalArgumentException unknown) {
      return null;
    }
  }
}
