package whorl.collector.cli.terminal;

import java.util.Locale;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows progress: a bar on a terminal, otherwise lines on standard error. Used by one thread, but
 * {@link #bytes} may be called from any.
 */
public sealed interface Progress extends AutoCloseable {
  /** Sets the current activity. */
  void doing(String activity);

  /** Sets the bytes so far and the expected total; 0 if unknown. */
  void bytes(long done, long of);

  @Override
  void close();

  /** The implementation that suits the terminal. */
  static Progress of(CommandContext commandContext, String task) {
    Terminal terminal = commandContext.terminal();
    return terminal.interactive()
        ? new Bar(terminal, commandContext.nanos(), task)
        : new Lines(terminal, commandContext.nanos(), task);
  }

  /** Redraws a bar in place. */
  final class Bar implements Progress {
    private static final int MAX_COLUMNS = 100;
    private static final int UPDATE_MILLIS = 200;
    private static final String RUNNER = "<=>";
    private static final int TRACK_COLUMNS = 24;

    private final Terminal terminal;
    private final LongSupplier nanos;
    private final ProgressBar bar;
    private final Rate rate = new Rate();
    private final String task;
    private final int columns;
    private volatile String message = "";
    private volatile long done;
    private volatile long of;
    private String doing = "";
    private int frame;

    public Bar(Terminal terminal, LongSupplier nanos, String task) {
      this.terminal = terminal;
      this.nanos = nanos;
      this.task = task;
      this.columns = Math.min(MAX_COLUMNS, terminal.columns() - 1);
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
              .continuousUpdate()
              .setUpdateIntervalMillis(UPDATE_MILLIS)
              .setConsumer(new DelegatingProgressBarConsumer(this::draw, columns))
              .build();
    }

    @Override
    public synchronized void doing(String activity) {
      doing = Printable.of(activity);
      message();
    }

    @Override
    public synchronized void bytes(long done, long of) {
      this.done = done;
      this.of = of;
      bar.maxHint(of > 0 ? of : -1);
      bar.stepTo(done);
      rate.at(nanos.getAsLong(), done);
      message();
    }

    private void message() {
      long now = rate.bytesPerSecond();
      message = (now > 0 ? Rate.words(now) + ", " : "") + doing;
      bar.setExtraMessage(" " + message);
    }

    @Override
    public void close() {
      bar.close();
      terminal.out().println();
    }

    private void draw(String line) {
      terminal.out().print("\r" + (of > 0 ? line : running()));
      terminal.out().flush();
    }

    /** If the total is unknown, a marker moves to and fro, because a bar would suggest an end. */
    private String running() {
      int range = TRACK_COLUMNS - RUNNER.length();
      int step = frame++ % (2 * range);
      int at = step < range ? step : 2 * range - step;
      String track = " ".repeat(at) + RUNNER + " ".repeat(range - at);
      String line = task + " [" + track + "] " + Table.size(done) + "  " + message;
      return line.length() > columns
          ? line.substring(0, columns)
          : line + " ".repeat(columns - line.length());
    }
  }

  /** One line for each activity, and one every two seconds while bytes arrive. */
  final class Lines implements Progress {
    private static final long FIGURES_EVERY_NANOS = 2_000_000_000L;

    private final Terminal terminal;
    private final LongSupplier nanos;
    private final String task;
    private final Rate rate = new Rate();
    private String doing = "";
    private long reported;
    private long reportedNanos;

    Lines(Terminal terminal, LongSupplier nanos, String task) {
      this.terminal = terminal;
      this.nanos = nanos;
      this.task = task.toLowerCase(Locale.ROOT);
      this.reportedNanos = nanos.getAsLong();
    }

    @Override
    public synchronized void doing(String activity) {
      if (!activity.equals(doing)) {
        doing = activity;
        print("");
      }
    }

    @Override
    public synchronized void bytes(long done, long of) {
      long now = nanos.getAsLong();
      rate.at(now, done);
      if (done != reported && now - reportedNanos >= FIGURES_EVERY_NANOS) {
        reported = done;
        reportedNanos = now;
        String all = of > 0 ? " of " + Table.size(of) : "";
        print(", " + Table.size(done) + all + ", " + Rate.words(rate.bytesPerSecond()));
      }
    }

    private void print(String figures) {
      terminal.note("whorl: " + task + ": " + doing + figures);
    }

    @Override
    public void close() {
      // lines are complete
    }
  }
}
