package whorl.agent.memory;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import whorl.agent.capture.CaptureContext;
import whorl.agent.config.MemoryBudget;
import whorl.agent.hook.system.ErrorNotice;
import whorl.agent.hook.system.OutOfMemoryHook;
import whorl.agent.hook.system.ThrowableText;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

/**
 * Raises the alert {@code jvm.oom} for an OutOfMemoryError that the hook noticed, on the thread
 * {@code whorl-memory}, which sleeps until then. Several hooks see the same error, and HotSpot
 * throws the same few objects again and again: repetitions within the cooldown are one alert.
 */
public final class OutOfMemoryWatch {
  private static final int RECENT = 16;
  private static final int MAX_FRAMES = 96;
  private static final int MAX_CHARS = 2 << 10;
  private static final int ATTEMPTS = 20;
  private static final long ATTEMPT_PAUSE_MILLIS = 250;
  private static final long BETWEEN_MILLIS = 100;
  private static final long RETAKE_MILLIS = 10_000;
  private static final long FLUSH_STEP_MILLIS = 5;

  private final OutOfMemoryHook hook;
  private final ThrowableText throwableText;
  private final Consumer<Alert> alerts;
  private final MemoryReserve reserve;
  private final long cooldownNanos;
  private final InstantSource clock;

  // Identity hash codes, not references: the error's class may be the application's.
  private final int[] recent = new int[RECENT];
  private final long[] recentNanos = new long[RECENT];
  private int recentCount;

  /**
   * @param alerts receives an alert, on the watch's thread
   */
  public OutOfMemoryWatch(
      OutOfMemoryHook hook, Consumer<Alert> alerts, Duration cooldown, InstantSource clock)
      throws ReflectiveOperationException {
    this.hook = hook;
    this.throwableText = new ThrowableText();
    this.alerts = alerts;
    this.reserve = new MemoryReserve(MemoryBudget.OF_THIS_JVM.reserveBytes());
    this.cooldownNanos = cooldown.toNanos();
    this.clock = clock;
  }

  /** True if {@code rules.disabled} contains this rule; case does not matter. */
  public static boolean isOff(Set<String> rulesDisabled) {
    for (String rule : rulesDisabled) {
      if (rule.equalsIgnoreCase(CaptureContext.OUT_OF_MEMORY)) {
        return true;
      }
    }
    return false;
  }

  /** Returns {@code rules.disabled} without this rule, for the rules that are read from files. */
  public static Set<String> withoutThisRule(Set<String> rulesDisabled) {
    Set<String> withoutThisRule = new HashSet<>(rulesDisabled);
    withoutThisRule.removeIf(CaptureContext.OUT_OF_MEMORY::equalsIgnoreCase);
    return withoutThisRule;
  }

  public void start(ThreadFactory threads) {
    reserve.allocate(freeBytes());
    Thread thread = threads.newThread(this::work);
    hook.wake(thread);
    thread.start();
  }

  /**
   * Waits until an error that was just noticed has become an alert. Called when the JVM ends,
   * perhaps because of that error.
   */
  public void flush(Duration limit) throws InterruptedException {
    long startedNanos = System.nanoTime();
    while (hook.pending() && System.nanoTime() - startedNanos < limit.toNanos()) {
      Thread.sleep(FLUSH_STEP_MILLIS);
    }
  }

  /** True if any error was noticed since the JVM began. */
  public boolean seen() {
    return hook.seen() > 0;
  }

  /** Returns the heap bytes of the reserve. */
  public Map<String, Long> heldBytes() {
    return Map.of("reserve", reserve.heldBytes());
  }

  private void work() {
    hook.wake(Thread.currentThread()); // perhaps in place of a thread that ended
    while (!Thread.interrupted()) {
      if (check(hook.passed(), false) || check(hook.created(), true)) {
        pause(BETWEEN_MILLIS);
      } else if (reserve.held()) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(RETAKE_MILLIS));
        if (!hook.pending()) {
          reserve.allocate(freeBytes());
        }
      }
    }
  }

  /** Returns true if there was a notice to handle. */
  private boolean check(ErrorNotice notice, boolean made) {
    Throwable error = notice.error();
    if (error == null) {
      return false;
    }
    if (!made || isFromJdk(error)) {
      if (made) {
        hook.countCreated();
      }
      reserve.release();
      handle(error, notice.thread());
    }
    notice.handled();
    return true;
  }

  /**
   * The JDK creates such an error only to throw it. Libraries also create one to throw it later, or
   * to get its class; if that one is thrown, the hook notices it then.
   */
  private boolean isFromJdk(Throwable error) {
    try {
      return ErrorOrigin.isFromJdk(throwableText.stack(error));
    } catch (OutOfMemoryError noRoom) {
      return true;
    }
  }

  /** This thread continues however little memory there is. */
  private void handle(Throwable error, @Nullable Thread thread) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        if (isNew(error)) {
          if (!isConstant(error)) {
            alerts.accept(alert(error, thread));
          }
          remember(error);
        }
        return;
      } catch (OutOfMemoryError noRoom) {
        pause(ATTEMPT_PAUSE_MILLIS);
      } catch (RuntimeException | Error failure) {
        LoggerFactory.getLogger(OutOfMemoryWatch.class).warn("jvm.oom cannot be raised", failure);
        return;
      }
    }
  }

  private boolean isNew(Throwable error) {
    int identity = System.identityHashCode(error);
    long nowNanos = System.nanoTime();
    for (int i = 0; i < Math.min(recentCount, RECENT); i++) {
      if (recent[i] == identity && nowNanos - recentNanos[i] < cooldownNanos) {
        return false;
      }
    }
    return true;
  }

  /**
   * Some libraries keep a constant to throw later; the errors of HotSpot and the JDK have a
   * message.
   */
  private boolean isConstant(Throwable error) {
    StackTraceElement[] stack = throwableText.stack(error);
    return stack.length > 0
        && stack[0].getMethodName().equals("<clinit>")
        && throwableText.message(error) == null;
  }

  private void remember(Throwable error) {
    recent[recentCount % RECENT] = System.identityHashCode(error);
    recentNanos[recentCount % RECENT] = System.nanoTime();
    recentCount = recentCount + 1 == 2 * RECENT ? RECENT : recentCount + 1;
  }

  private Alert alert(Throwable error, @Nullable Thread thread) {
    String message = throwableText.message(error);
    String type = bounded(error.getClass().getName());
    String shown = message == null ? type : bounded(message);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("error", type);
    if (message != null) {
      fields.put("message", shown);
    }
    if (thread != null) {
      fields.put("thread", bounded(thread.getName()));
    }
    fields.put("heap.usedBytes", usedBytes());
    fields.put("heap.maxBytes", Runtime.getRuntime().maxMemory());
    fields.put("seen", hook.seen());
    StackTraceElement[] stack = throwableText.stack(error);
    String stackOf = "error";
    if (stack.length == 0 && thread != null) {
      // A preallocated error has no stack; the thread's own at least shows what it does now.
      stack = throwableText.stack(thread);
      stackOf = "thread";
    }
    fields.put("stack.of", stack.length == 0 ? "nothing" : stackOf);
    return new Alert(
        Id.next(clock),
        "whorl",
        clock.instant(),
        CaptureContext.OUT_OF_MEMORY,
        Level.CRITICAL,
        "The JVM ran out of memory: " + shown,
        "An OutOfMemoryError passed by: nobody caught it, or somebody told of it.",
        List.of("attack.impact", "attack.t1499"),
        fields,
        thread == null ? null : bounded(thread.getName()),
        frames(stack));
  }

  private static List<String> frames(StackTraceElement[] stack) {
    List<String> frames = new ArrayList<>();
    for (int i = 0; i < stack.length && i < MAX_FRAMES; i++) {
      frames.add(bounded(stack[i].toString()));
    }
    return frames;
  }

  private static String bounded(String text) {
    return text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS - 1) + '…';
  }

  private static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static long freeBytes() {
    return Runtime.getRuntime().maxMemory() - usedBytes();
  }

  private static void pause(long millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
