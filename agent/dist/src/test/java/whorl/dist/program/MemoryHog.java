package whorl.dist.program;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs out of memory in the way that {@code -Dway} names, and goes on where the way lets it; with
 * {@code -Dagent} not before the agent is ready.
 */
public final class MemoryHog {
  private static final int PIECE_BYTES = 64 << 10;
  private static final long READY_MILLIS = 30_000;
  private static final long REHEARSAL_MILLIS = 5_000;

  /** What is kept when the error has passed. */
  static final List<Object> KEPT = new ArrayList<>();

  private MemoryHog() {}

  /** What every heap of this program holds, to be found in a histogram. */
  static final class Piece {
    final byte[] bytes = new byte[PIECE_BYTES];
  }

  public static void main(String[] arguments) throws Exception {
    if (Boolean.getBoolean("agent")) {
      awaitAgent();
    }
    perform(System.getProperty("way"));
    System.out.println("goes on");
    if (List.of("none", "metaspace").contains(System.getProperty("way"))) {
      Thread.sleep(2_000);
    } else if (Boolean.getBoolean("agent")) {
      Signal.await(Path.of(arguments[0], "done"));
    }
    System.exit(3);
  }

  private static void perform(String way) throws Exception {
    switch (way) {
      case "main" -> fill(new ArrayList<>());
      case "main, all kept" -> fill(KEPT);
      case "thread" -> join(new Thread(() -> fill(new ArrayList<>()), "hog"));
      case "thread, all kept" -> join(new Thread(() -> fill(KEPT), "hog"));
      case "virtual thread" ->
          ((Thread)
                  Thread.class
                      .getMethod("startVirtualThread", Runnable.class)
                      .invoke(null, (Runnable) () -> fill(new ArrayList<>())))
              .join();
      case "logged" -> logged();
      case "executor" -> executor(Executors.newFixedThreadPool(1));
      case "virtual executor" ->
          executor(
              (ExecutorService)
                  Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null));
      case "fork join" -> executor(ForkJoinPool.commonPool());
      case "direct" -> direct();
      case "pool" -> join(new Thread(MemoryHog::pool, "hog"));
      case "array" -> join(new Thread(() -> KEPT.add(new byte[Integer.MAX_VALUE]), "hog"));
      // No machine has room for such a stack.
      case "native thread" -> join(new Thread(null, () -> {}, "hog", 1L << 46));
      case "metaspace" -> join(new Thread(MemoryHog::metaspace, "hog"));
      case "none" -> ordinary();
      default -> throw new IllegalArgumentException(way);
    }
  }

  static void fill(List<Object> pieces) {
    while (true) {
      pieces.add(new Piece());
    }
  }

  private static void join(Thread thread) throws InterruptedException {
    try {
      thread.start();
    } catch (OutOfMemoryError quiet) {
      return;
    }
    thread.join();
  }

  /** As a servlet container does it. */
  private static void logged() {
    try {
      try {
        fill(new ArrayList<>());
      } catch (Throwable e) {
        throw new IllegalStateException("Handler dispatch failed", e);
      }
    } catch (IllegalStateException e) {
      Logger.getLogger("container").log(Level.SEVERE, "Servlet.service() threw", e);
    }
  }

  private static void executor(ExecutorService executor) throws InterruptedException {
    Future<?> nobodyAsks = executor.submit(() -> fill(new ArrayList<>()));
    while (!nobodyAsks.isDone()) {
      Thread.sleep(10);
    }
    executor.shutdown();
  }

  private static void direct() {
    try {
      KEPT.add(ByteBuffer.allocateDirect(1 << 30));
    } catch (OutOfMemoryError quiet) {
      // Nothing reports it.
    }
  }

  /** Proxies, each in a loader of its own, until there is no room for another. */
  private static void metaspace() {
    if (Boolean.getBoolean("agent")) {
      awaitRehearsal();
    }
    while (true) {
      ClassLoader loader = new ClassLoader(MemoryHog.class.getClassLoader()) {};
      KEPT.add(
          Proxy.newProxyInstance(
              loader, new Class<?>[] {Runnable.class}, (proxy, method, arguments) -> null));
    }
  }

  /** The agent makes ready for this in its first quiet seconds. */
  private static void awaitRehearsal() {
    try {
      Thread.sleep(REHEARSAL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void ordinary() {
    Prepared.ERROR.addSuppressed(new IllegalStateException());
    registerErrors();
    for (int i = 0; i < 10_000; i++) {
      try {
        throw new IllegalStateException("ordinary " + i, new StackOverflowError());
      } catch (IllegalStateException e) {
        KEPT.add(e.toString() + e.getCause().getMessage());
      }
    }
  }

  /** As libraries do that send errors over the wire, to make them anew by their class. */
  private static void registerErrors() {
    KEPT.add(new OutOfMemoryError());
    KEPT.add(new OutOfMemoryError("no more blocks in the pool"));
    KEPT.add(new OutOfMemoryError("Java heap space") {});
    try {
      KEPT.add(OutOfMemoryError.class.getConstructor().newInstance());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A library's own, which is thrown. */
  private static void pool() {
    throw new OutOfMemoryError("no more blocks in the pool");
  }

  private static void awaitAgent() throws InterruptedException {
    long endMillis = System.currentTimeMillis() + READY_MILLIS;
    while (System.currentTimeMillis() < endMillis) {
      if (Thread.getAllStackTraces().keySet().stream()
          .anyMatch(thread -> thread.getName().equals("whorl-upkeep"))) {
        Thread.sleep(300);
        return;
      }
      Thread.sleep(20);
    }
    throw new IllegalStateException("the agent did not get ready");
  }

  /** Some libraries have one ready, before there is any need. */
  private static final class Prepared {
    static final OutOfMemoryError ERROR = new OutOfMemoryError();
  }
}
