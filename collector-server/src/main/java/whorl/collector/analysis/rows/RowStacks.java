package whorl.collector.analysis.rows;

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

/** The stacks of selected rows. Only a few rows need one. */
public final class RowStacks {
  private static final int ROWS_MAX = 14_000;

  /** Stacks that differ have this room together; an ordinary one has some thousand characters. */
  private static final long ROOM_CHARS = 32L << 20;

  private final Set<Long> requested = new LinkedHashSet<>();
  private final Map<Long, Frames> stacks = new HashMap<>();
  private long leftChars = ROOM_CHARS;

  /** Requests this row's stack. Beyond bounds, rows are treated as if they have no stack. */
  public void request(RowView row) {
    if (requested.size() < ROWS_MAX) {
      requested.add(row.number());
    }
  }

  /** Reads the stacks that were requested so far. */
  public void read(Timeline timeline, Id evidence) throws IOException {
    List<Long> numbers = new ArrayList<>(requested);
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
        (number, text) -> stacks.put(number, known.computeIfAbsent(text, this::parsed)));
  }

  private Frames parsed(String text) {
    leftChars -= text.length();
    return leftChars < 0 ? Frames.NONE : Frames.parse(text);
  }

  /** Returns the frames of this row; empty if it has no stack or it was not requested. */
  public Frames of(RowView row) {
    return stacks.getOrDefault(row.number(), Frames.NONE);
  }
}
