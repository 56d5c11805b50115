package whorl.collector.analysis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import whorl.collector.analysis.stack.Frames;
import whorl.collector.timeline.Timeline;
import whorl.evidence.Id;

/** The stacks of those few rows for which it matters who did it. */
final class RowStacks {
  private static final int ROWS_MAX = 14_000;

  private final Set<Long> wanted = new LinkedHashSet<>();
  private final Map<Long, Frames> stacks = new HashMap<>();

  /** This row's stack will be asked for; beyond a bound it will be as if the row had none. */
  void want(RowView row) {
    if (wanted.size() < ROWS_MAX) {
      wanted.add(row.number());
    }
  }

  /** Reads what is wanted by now. */
  void read(Timeline timeline, Id evidence) throws IOException {
    List<Long> numbers = new ArrayList<>(wanted);
    numbers.removeAll(stacks.keySet());
    if (numbers.isEmpty()) {
      return;
    }
    // most rows share their stack with others
    Map<String, Frames> known = new HashMap<>();
    timeline.stacks(
        evidence,
        numbers,
        Frames.TEXT_CHARS,
        (number, text) -> stacks.put(number, known.computeIfAbsent(text, Frames::parse)));
  }

  /** The frames of this row; none where it has no stack or was not wanted. */
  Frames of(RowView row) {
    return stacks.getOrDefault(row.number(), Frames.NONE);
  }
}
