package whorl.collector.testkit;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Kills a collector at its n-th call to what it shares with others: before the call, or after it
 * took effect. From then on none of its calls comes through. Counts the calls by kind.
 */
public final class Faults {
  private final int killAt;
  private final boolean after;
  private final AtomicInteger calls = new AtomicInteger();
  private final Map<String, Integer> counts = new TreeMap<>();
  private volatile boolean dead;
  private volatile String lateKind = "";
  private String failingKind = "";
  private IOException failure = new IOException();
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  private Faults(int killAt, boolean after) {
    this.killAt = killAt;
    this.after = after;
  }

  public static Faults none() {
    return new Faults(Integer.MAX_VALUE, false);
  }

  public static Faults killedBefore(int call) {
    return new Faults(call, false);
  }

  public static Faults killedAfter(int call) {
    return new Faults(call, true);
  }

  public boolean dead() {
    return dead;
  }

  /** The next call of this kind waits, before anything happens, until {@link #goOn}. */
  public void holdBack(String kind) {
    lateKind = kind;
  }

  /** The next call of this kind fails, before anything happens; the others do not. */
  public void failNext(String kind) {
    failNext(kind, new IOException("a call that fails: " + kind));
  }

  /** The same, with this failure. */
  public synchronized void failNext(String kind, IOException with) {
    failingKind = kind;
    failure = with;
  }

  private synchronized void fail(String kind) throws IOException {
    if (kind.equals(failingKind)) {
      failingKind = "";
      throw failure;
    }
  }

  /** Waits until a call is held back. */
  public void awaitHeldBack() throws InterruptedException {
    if (!reached.await(30, TimeUnit.SECONDS)) {
      throw new AssertionError("no call of " + lateKind);
    }
  }

  /** Lets the call go on that was held back. */
  public void goOn() {
    goOn.countDown();
  }

  private void await(String kind) throws IOException {
    synchronized (this) {
      if (!kind.equals(lateKind)) {
        return;
      }
      lateKind = "";
    }
    reached.countDown();
    try {
      if (!goOn.await(60, TimeUnit.SECONDS)) {
        throw new IOException("held back for good: " + kind);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** Kills it now. */
  public void kill() {
    dead = true;
  }

  /** The calls by kind. */
  public synchronized Map<String, Integer> counts() {
    return new TreeMap<>(counts);
  }

  /** Forgets the counts. */
  public synchronized void reset() {
    counts.clear();
  }

  /** A call that does something. */
  @FunctionalInterface
  public interface Call<T> {
    T run() throws IOException;
  }

  /** Runs the call, or dies. */
  public <T> T call(String kind, Call<T> call) throws IOException {
    if (dead) {
      throw new IOException("killed");
    }
    if (Thread.currentThread().getName().equals("whorl-upload-leases")) {
      return call.run(); // in its own time, so not counted
    }
    synchronized (this) {
      counts.merge(kind, 1, Integer::sum);
    }
    await(kind);
    fail(kind);
    boolean now = calls.incrementAndGet() == killAt;
    if (now && !after) {
      dead = true;
      throw new IOException("killed before a call: " + kind);
    }
    T result = call.run();
    if (now) {
      dead = true;
      throw new IOException("killed after a call: " + kind);
    }
    return result;
  }
}
