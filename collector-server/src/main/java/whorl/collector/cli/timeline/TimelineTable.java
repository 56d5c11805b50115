package whorl.collector.cli.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.Indexing;
import whorl.collector.cli.command.ClockOffset;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;

/** Prints a timeline for people: one line per row, coloured by category, optionally with stacks. */
final class TimelineTable {
  private static final int DEFAULT_ROWS = 200;
  private static final int PAGE_ROWS = 1000;

  private final CommandContext commandContext;
  private final TimelineSource rows;
  private final boolean stacks;
  private final boolean rawTimes;

  /**
   * @param rawTimes true for times by the clock of the JVM, where a row has one
   */
  TimelineTable(
      CommandContext commandContext, TimelineSource rows, boolean stacks, boolean rawTimes) {
    this.commandContext = commandContext;
    this.rows = rows;
    this.stacks = stacks;
    this.rawTimes = rawTimes;
  }

  int show(@Nullable Integer limit) {
    int rowsMax = limit == null ? DEFAULT_ROWS : limit;
    List<JsonNode> found = new ArrayList<>();
    List<Long> offsets = List.of();
    String cursor = null;
    do {
      String from = cursor;
      int wanted = Math.min(PAGE_ROWS, rowsMax - found.size());
      JsonNode page = Indexing.await(commandContext, () -> rows.page(wanted, from));
      offsets = ClockOffset.ofPage(page);
      int before = found.size();
      page.path("rows").forEach(found::add);
      cursor = found.size() == before ? null : page.path("next").asText(null);
    } while (cursor != null && found.size() < rowsMax);
    Terminal terminal = commandContext.terminal();
    if (found.isEmpty()) {
      terminal.note("whorl: no rows match");
      return ExitStatus.NOTHING_MATCHED;
    }
    table(found).print(terminal);
    if (!rawTimes) {
      ClockOffset.note(terminal, offsets);
    }
    if (cursor != null) {
      terminal.note("whorl: there are more rows; raise --limit, or take all with --format");
    }
    return ExitStatus.DONE;
  }

  private Table table(List<JsonNode> found) {
    List<Table.Heading> headings = new ArrayList<>();
    headings.add(Table.exact("TIME"));
    if (rows.isSeveral()) {
      headings.add(Table.optional(Table.flexible("SERVICE")));
    }
    headings.add(Table.exact("EVENT"));
    headings.add(Table.message("WHAT"));
    headings.add(Table.optional(Table.flexible("THREAD")));
    headings.add(Table.optional(Table.flexible("REQUEST")));
    boolean anyMarked = found.stream().anyMatch(TimelineTable::isMarked);
    if (anyMarked) {
      headings.add(Table.flexible("MARKS"));
    }
    headings.add(rows.isSeveral() ? Table.id("ROW") : Table.exact("ROW"));
    Table table = new Table(headings.toArray(Table.Heading[]::new));
    for (JsonNode row : found) {
      List<@Nullable Object> cells = new ArrayList<>();
      cells.add(time(row));
      if (rows.isSeveral()) {
        cells.add(text(row, "service.name"));
      }
      cells.add(
          Table.Cell.of(text(row, "event.action"), Categories.style(text(row, "event.category"))));
      cells.add(message(row));
      cells.add(text(row, "process.thread.name"));
      cells.add(text(row, "http.request.id"));
      if (anyMarked) {
        cells.add(marks(row));
      }
      cells.add(rows.isSeveral() ? text(row, "event.id") : text(row, "jvm.row"));
      table.row(cells.toArray());
      if (stacks) {
        table.below(frames(row.path("jvm.stack_trace")));
      }
    }
    return table;
  }

  private static @Nullable String message(JsonNode row) {
    String message = text(row, "message");
    return row.path("pieces").asInt(1) > 1
        ? message + " (in " + row.path("pieces").asInt() + " pieces of evidence)"
        : message;
  }

  private static boolean isMarked(JsonNode row) {
    return row.has("star") || row.has("tag") || row.has("comment");
  }

  private static String marks(JsonNode row) {
    List<String> marks = new ArrayList<>();
    if (row.has("star")) {
      marks.add("★");
    }
    row.path("tag").forEach(tag -> marks.add("[" + tag.asText() + "]"));
    row.path("comment").asText("").lines().forEach(marks::add);
    return String.join(" ", marks);
  }

  private String time(JsonNode row) {
    String text = row.path(rawTimes && row.has("jvm.time") ? "jvm.time" : "@timestamp").asText("");
    try {
      return Table.exactTime(Instant.parse(text));
    } catch (DateTimeException other) {
      return text;
    }
  }

  /** The first value if a column has several. */
  private static @Nullable String text(JsonNode row, String column) {
    JsonNode value = row.path(column);
    return (value.isArray() ? value.path(0) : value).asText(null);
  }

  private static List<String> frames(JsonNode stack) {
    List<String> frames = new ArrayList<>();
    if (stack.isArray()) {
      stack.forEach(frame -> frames.add("at " + frame.asText()));
    } else if (stack.isTextual()) {
      stack.asText().lines().forEach(frame -> frames.add("at " + frame));
    }
    return frames;
  }
}
