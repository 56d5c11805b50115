package whorl.agent.hook.end;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.hook.system.ThrowableText;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;
import whorl.event.StackFormat;

/**
 * The JVM's end, at {@code java.lang.Shutdown}. {@code System.exit}, the handler of SIGTERM and the
 * thread DestroyJavaVM call it before any shutdown hook runs and while JFR still works. The thread
 * that ends the JVM may have to wait here; it holds no lock of the JDK at that point. {@code
 * Runtime.halt} is reported but never waits.
 */
public final class EndHook implements Hook {
  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private static final int EXIT = 0;
  private static final int SHUTDOWN = 1;
  private static final int UNCAUGHT = 2;
  private static final int HALT = 3;
  private static final int MAX_FRAMES = 96;
  private static final StackFormat FRAMES = new StackFormat(MAX_FRAMES);
  private static final int MAX_CHARS = 2 << 10;

  private final WeakReference<Thread> main;
  private volatile Ending.@Nullable Uncaught uncaught;
  private final CountDownLatch listening = new CountDownLatch(1);
  private volatile @Nullable Consumer<Ending> listener;
  private volatile @Nullable Predicate<Ending> early;
  private volatile long earlyNanos;
  private volatile boolean waitsEarly;
  private volatile @Nullable Runnable halting;

  /** Must be created on the thread {@code main}. */
  public EndHook() {
    main = new WeakReference<>(Thread.currentThread());
    load("java.lang.Shutdown");
  }

  /**
   * Sets the predicate that decides about an end that comes before the listener is set.
   *
   * @param early true if the end is to wait for the listener
   * @param longestNanos the longest wait
   */
  public void waitEarly(Predicate<Ending> early, long longestNanos) {
    this.earlyNanos = longestNanos;
    this.early = early;
  }

  /**
   * Sets the listener for the end, which runs on the thread that ends the JVM.
   *
   * @param halting runs on {@code Runtime.halt}, unless a request calls that; must be quick
   */
  public void listen(Consumer<Ending> listener, Runnable halting) {
    this.halting = halting;
    this.listener = listener;
    listening.countDown();
  }

  /** No listener will follow: an end that waits for one continues. */
  public void stopWaiting() {
    listening.countDown();
  }

  @Override
  public String group() {
    return "end";
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        point(EXIT, entry("java/lang/Shutdown", "exit", "(I)", argument(0))),
        point(SHUTDOWN, entry("java/lang/Shutdown", "shutdown", "()")),
        point(
            UNCAUGHT,
            entry(
                "java/lang/Thread",
                "dispatchUncaughtException",
                "(Ljava/lang/Throwable;)",
                SELF,
                argument(0))),
        point(HALT, entry("java/lang/Runtime", "halt", "(I)")));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    switch (at) {
      case EXIT -> exit(values[0] instanceof Integer number ? number : 0);
      case SHUTDOWN -> report(ending(Ending.Kind.LAST_THREAD, uncaught == null ? 0 : 1, List.of()));
      case UNCAUGHT -> {
        if (values[0] == main.get() && values[1] instanceof Throwable failure) {
          uncaught(failure);
        }
      }
      case HALT -> {
        Runnable halts = halting;
        // If a request halts the JVM, that is no orderly end: the next JVM reports it.
        if (halts != null && CurrentRequest.get() == null) {
          halts.run();
        }
      }
      default -> throw HookPoint.unknown(at);
    }
  }

  private void exit(int status) {
    List<String> stack = frames(StackFormat.elements(WALKER.walk(FRAMES), MAX_FRAMES));
    Ending.Kind kind = Ending.Kind.EXIT;
    for (String frame : stack) {
      if (frame.contains("java.lang.Terminator$")) {
        kind = Ending.Kind.SIGNAL;
      }
    }
    report(ending(kind, status, stack));
  }

  private Ending ending(Ending.Kind kind, int status, List<String> stack) {
    String thread = Thread.currentThread().getName();
    return new Ending(kind, status, thread, stack, uncaught, System.nanoTime());
  }

  private void report(Ending ending) {
    Consumer<Ending> receiver = listener;
    Predicate<Ending> earlyWait = early;
    if (receiver == null && earlyWait != null && earlyWait.test(ending)) {
      if (waitsEarly && ending.kind() == Ending.Kind.SIGNAL) {
        listening.countDown();
      }
      waitsEarly = true;
      awaitListener();
      receiver = listener;
    }
    if (receiver != null) {
      receiver.accept(ending);
    }
  }

  /** An interrupted thread may end the JVM too; its interrupt status is restored. */
  private void awaitListener() {
    boolean interrupted = Thread.interrupted();
    try {
      listening.await(earlyNanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException whileWaiting) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void uncaught(Throwable failure) {
    String type = failure.getClass().getName();
    try {
      ThrowableText reader = new ThrowableText();
      String message = reader.message(failure);
      uncaught =
          new Ending.Uncaught(
              type, message == null ? null : bounded(message), frames(reader.stack(failure)));
    } catch (ReflectiveOperationException renamed) { // this JDK has other names
      uncaught = new Ending.Uncaught(type, null, List.of());
    }
  }

  private static List<String> frames(StackTraceElement[] stack) {
    List<String> frames = new ArrayList<>();
    for (StackTraceElement frame : stack) {
      String owner = frame.getClassName();
      if (!(frames.isEmpty() && owner.equals("java.lang.Thread"))) {
        frames.add(bounded(frame.toString()));
      }
      if (frames.size() >= MAX_FRAMES) {
        break;
      }
    }
    return frames;
  }

  private static String bounded(String text) {
    return text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS - 1) + '…';
  }

  /** Loads the class, so that it is woven before it is needed. */
  private static void load(String name) {
    try {
      Class.forName(name, false, null);
    } catch (ClassNotFoundException renamed) {
      // Its join points are then reported as not found.
    }
  }
}
