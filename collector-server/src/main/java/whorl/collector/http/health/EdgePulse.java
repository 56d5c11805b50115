package whorl.collector.http.health;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether each event loop of a server answers. A loop that hangs, for instance because something
 * blocks it, keeps its connections open and serves none of them. Thread-safe; never waits.
 */
public final class EdgePulse {
  /** A loop may be busy for this long. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private final List<Loop> loops = new ArrayList<>();
  private final LongSupplier nanos;

  public EdgePulse(EventLoopGroup group, LongSupplier nanos) {
    this.nanos = nanos;
    for (EventExecutor each : group) {
      loops.add(new Loop(each));
    }
  }

  /** One event loop, and the question that it has not answered yet. */
  private final class Loop {
    private final EventExecutor executor;
    private boolean asked;
    private long askedNanos;

    Loop(EventExecutor executor) {
      this.executor = executor;
    }

    synchronized boolean hangs() {
      long now = nanos.getAsLong();
      if (!asked) {
        asked = true;
        askedNanos = now;
        executor.execute(this::answered);
        return false;
      }
      return now - askedNanos > PATIENCE.toNanos();
    }

    private synchronized void answered() {
      asked = false;
    }
  }

  /**
   * Asks each loop that owes no answer. Call it every few seconds: a problem is known when a loop
   * has not answered an earlier call for ten seconds.
   *
   * @return a sentence; null if all loops answer
   */
  public @Nullable String problem() {
    long hanging = loops.stream().filter(Loop::hangs).count();
    return hanging == 0
        ? null
        : hanging
            + " of "
            + loops.size()
            + " event loops have not answered for "
            + PATIENCE.toSeconds()
            + " s; take a thread dump (jcmd PID Thread.print, threads whorl-edge), and restart the"
            + " collector";
  }
}
