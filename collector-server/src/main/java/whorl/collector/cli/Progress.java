package whorl.collector.cli;

import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * How far something has come: a bar on a terminal, plain lines beside the result otherwise. Used by
 * one thread, but {@link #bytes} may come from any.
 */
sealed interface Progress extends AutoCloseable {
  /** What is being done now. */
  void doing(String what);

  /** Bytes that are there, of those there will be; 0 where unknown. */
  void bytes(long done, long of);

  @Override
  void close();

  /** The one that suits the terminal. */
  static Progress of(Terminal terminal, String task) {
    return terminal.interactive() ? new Bar(terminal, task) : new Lines(terminal, task);
  }

  /** Redrawn in place, on the terminal itself. */
  final class Bar implements Progress {
    private static final int MAX_COLUMNS = 100;
    private static final int UPDATE_MILLIS = 200;

    private final Terminal terminal;
    private final ProgressBar bar;

    Bar(Terminal terminal, String task) {
      this.terminal = terminal;
      int columns = Math.min(MAX_COLUMNS, terminal.columns() - 1);
      this.bar =
          new ProgressBarBuilder()
              .setTaskName(task)
              .setInitialMax(0)
              .setUnit(" MiB", 1 << 20)
              .setStyle(
                  terminal.colour()
                      ? ProgressBarStyle.COLORFUL_UNICODE_BAR
                      : ProgressBarStyle.ASCII)
              .hideEta()
              .setUpdateIntervalMillis(UPDATE_MILLIS)
              .setConsumer(new DelegatingProgressBarConsumer(this::draw, columns))
              .build();
    }

    @Override
    public void doing(String what) {
      bar.setExtraMessage(" " + Printable.of(what));
    }

    @Override
    public void bytes(long done, long of) {
      bar.maxHint(of > 0 ? of : -1);
      bar.stepTo(done);
    }

    @Override
    public void close() {
      bar.close();
      terminal.out().println();
    }

    private void draw(String line) {
      terminal.out().print("\r" + line);
      terminal.out().flush();
    }
  }

  /** One line for each thing done. */
  final class Lines implements Progress {
    private final Terminal terminal;
    private final String task;
    private String last = "";

    Lines(Terminal terminal, String task) {
      this.terminal = terminal;
      this.task = task.toLowerCase(Locale.ROOT);
    }

    @Override
    public void doing(String what) {
      if (!what.equals(last)) {
        last = what;
        terminal.note("whorl: " + task + " " + what);
      }
    }

    @Override
    public void bytes(long done, long of) {
      // a log has no use for figures that change many times a second
    }

    @Override
    public void close() {
      // every line is whole
    }
  }
}
