package whorl.collector.cli.command;

import whorl.collector.cli.terminal.Terminal;

/** Says what goes on at the collector if a command that waits for it is ended by Ctrl-C. */
public final class AtInterrupt implements AutoCloseable {
  private final Thread hook;

  /**
   * @param text what goes on, and where it is found
   */
  public AtInterrupt(Terminal terminal, String text) {
    this.hook = new Thread(() -> say(terminal, text), "whorl-end-notice");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Begins a line, because that of the progress has no end yet. */
  public static void say(Terminal terminal, String text) {
    terminal.err().println();
    terminal.note("whorl: this command has ended, and " + text);
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
