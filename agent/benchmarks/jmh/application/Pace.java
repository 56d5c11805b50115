package application;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** 10,000 operations a second: half of what the recording takes of common events. */
@State(Scope.Thread)
public class Pace {
  private static final long PERIOD_NANOS = 100_000;

  private long due;

  @Setup(Level.Invocation)
  public void await() {
    while (System.nanoTime() < due) {
      Thread.onSpinWait();
    }
    due = System.nanoTime() + PERIOD_NANOS;
  }
}
