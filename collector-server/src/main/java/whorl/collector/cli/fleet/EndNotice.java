package whorl.collector.cli.fleet;

import java.util.List;
import whorl.collector.cli.client.CaptureRow;
import whorl.collector.cli.command.AtInterrupt;
import whorl.collector.cli.terminal.Terminal;

/**
 * Names captures before they are waited for, and says that they go on if the wait is ended by
 * Ctrl-C: else they could not be found again.
 */
final class EndNotice implements AutoCloseable {
  private static final int NAMED_MAX = 5;

  private static final String GOES_ON = "the capture goes on; see `whorl captures`";

  private final AtInterrupt notice;

  EndNotice(Terminal terminal, List<CaptureRow> captures) {
    captures.stream()
        .limit(NAMED_MAX)
        .forEach(
            capture ->
                terminal.note(
                    "whorl: capture "
                        + capture.id()
                        + (capture.agent() == null ? "" : " of agent " + capture.agent())));
    if (captures.size() > NAMED_MAX) {
      terminal.note("whorl: and " + (captures.size() - NAMED_MAX) + " more");
    }
    notice = new AtInterrupt(terminal, GOES_ON);
  }

  /** What Ctrl-C prints. */
  static void interrupted(Terminal terminal) {
    AtInterrupt.say(terminal, GOES_ON);
  }

  @Override
  public void close() {
    notice.close();
  }
}
