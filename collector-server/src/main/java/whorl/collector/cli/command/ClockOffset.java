package whorl.collector.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.Terminal;

/**
 * By how much the times of agents are corrected, so that those of several machines have one order:
 * what is added to an agent's clock to get the collector's.
 */
public final class ClockOffset {
  private static final String MILLIS = "clockOffsetMillis";

  private ClockOffset() {}

  /** The correction in the state of a timeline's index; null if it does not say one. */
  public static @Nullable Long of(JsonNode index) {
    return index.path(MILLIS).isIntegralNumber() ? index.path(MILLIS).asLong() : null;
  }

  /** The corrections of a page of rows, which has the state of one index or of several. */
  public static List<Long> ofPage(JsonNode page) {
    List<Long> offsets = new ArrayList<>();
    add(page.path("index"), offsets);
    page.path("indexes").forEach(index -> add(index, offsets));
    return offsets;
  }

  private static void add(JsonNode index, List<Long> offsets) {
    Long offset = of(index);
    if (offset != null) {
      offsets.add(offset);
    }
  }

  /** Says by how much times are corrected, if they are. */
  public static void note(Terminal terminal, Collection<Long> offsets) {
    if (offsets.stream().allMatch(offset -> offset == 0)) {
      return;
    }
    long least = Collections.min(offsets);
    long most = Collections.max(offsets);
    terminal.note(
        "whorl: times are by the collector's clock; the agent's are corrected by "
            + (least == most ? "" : least + " to ")
            + most
            + " ms, --raw-times shows them as they are");
  }
}
