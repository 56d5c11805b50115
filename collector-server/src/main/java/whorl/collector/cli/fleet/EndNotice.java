package whorl.collector.cli.fleet;

import java.util.List;
import whorl.collector.cli.client.CaptureRow;
import whorl.collector.cli.terminal.Terminal;

/**
 * Names captures before they are waited for, and says that they go on if the wait is ended by
 * Ctrl-C: else they could not be found again.
 */
final class EndNotice implements AutoCloseable {
  private static final int NAMED_MAX = 5;

  private final Thread hook;

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
    hook = new Thread(() -> interrupted(terminal), "whorl-end-notice");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Begins a line, because that of the progress has no end yet. */
  static void interrupted(Terminal terminal) {
    terminal.err().println();
    terminal.note("whorl: this command has ended, and the capture goes on; see `whorl captures`");
  }

  @Override
  public void close() {
    try {
      boolean unused = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // the process ends: the hook runs already
    }
  }
}
