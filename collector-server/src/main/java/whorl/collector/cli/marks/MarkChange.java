package whorl.collector.cli.marks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.Indexing;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.ids.GivenRow;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Id;

/**
 * A command that changes a part of the user's own marks. The API takes whole marks, so the other
 * parts are read first; the collector refuses the change if somebody was faster.
 */
abstract class MarkChange extends RemoteCommand {
  /** Limit for the marks of all people on one row. */
  private static final int MARKS_MAX = 10_000;

  MarkChange(CommandContext commandContext) {
    super(commandContext);
  }

  abstract List<GivenRow> rows();

  /**
   * The mark after the change.
   *
   * @param before the mark as it is, which may be empty
   */
  abstract MarkRow changed(MarkRow before);

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    boolean any = false;
    for (GivenRow row : rows()) {
      Id evidence = Ids.of(collector, IdKind.EVIDENCE, row.evidence());
      any |= change(collector, commandContext, evidence, row.number());
    }
    return any ? ExitStatus.DONE : ExitStatus.NOTHING_MATCHED;
  }

  private boolean change(
      CollectorClient collector, CommandContext commandContext, Id evidence, long row) {
    Terminal terminal = commandContext.terminal();
    MarkRow before = Indexing.await(commandContext, () -> own(collector, evidence, row));
    MarkRow after = changed(before);
    String where = " on row " + row + " of evidence " + evidence;
    if (before.isEmpty() && after.isEmpty()) {
      terminal.note("whorl: you have no mark" + where);
      return false;
    }
    JsonNode unused =
        collector.change("PUT", "evidence/" + evidence + "/rows/" + row + "/mark", after.body());
    terminal.note(
        after.isEmpty()
            ? "whorl: removed your mark" + where
            : "whorl: your mark" + where + ": " + after.words());
    return true;
  }

  private static MarkRow own(CollectorClient collector, Id evidence, long row) {
    return collector
        .list(
            "evidence/" + evidence + "/marks",
            "marks",
            Map.of("row", Long.toString(row)),
            MARKS_MAX,
            MarkRow.class)
        .rows()
        .stream()
        .filter(MarkRow::mine)
        .findFirst()
        .orElseGet(() -> MarkRow.none(row));
  }
}
