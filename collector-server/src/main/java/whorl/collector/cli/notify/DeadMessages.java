package whorl.collector.cli.notify;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Id;
import whorl.evidence.Text;

/** Does something with messages that were given up. */
final class DeadMessages {
  private static final int MAX = 100_000;

  private DeadMessages() {}

  /**
   * Calls {@code action} with each.
   *
   * @param word for what became of them
   * @return the exit status
   */
  static int each(
      CollectorClient collector,
      Terminal terminal,
      List<Id> ids,
      boolean all,
      Consumer<Id> action,
      String word) {
    if (ids.isEmpty() != all) {
      throw CliException.usage(
          all ? "--all and a MESSAGE are given" : "no MESSAGE is given",
          "give either; `whorl notifications dead` lists them");
    }
    List<Id> those =
        all
            ? collector
                .list("notifications/dead", "messages", Map.of(), MAX, DeadRow.class)
                .rows()
                .stream()
                .map(row -> new Id(row.id()))
                .toList()
            : ids;
    those.forEach(action);
    terminal.note("whorl: " + Text.counted(those.size(), "message") + " " + word);
    return those.isEmpty() ? ExitStatus.NOTHING_MATCHED : ExitStatus.DONE;
  }
}
