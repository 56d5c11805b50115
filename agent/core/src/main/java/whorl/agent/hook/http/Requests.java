package whorl.agent.hook.http;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;
import whorl.agent.event.EventSink;
import whorl.agent.event.NetworkReports;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.event.request.RequestLine;
import whorl.agent.hook.handover.WeakTable;
import whorl.event.RequestContext;

/**
 * Requests in progress, each identified by its server's object. A request is the thread's current
 * request while the server works on it there, and is reported as one event when its response is
 * complete, on any thread.
 */
public final class Requests {
  private static final int ROW_BITS = 11;

  /** Limit of the path in other events of the request. */
  private static final int CONTEXT_PATH_MAX_CHARS = 1024;

  /**
   * Identifiers begin with seven characters of this JVM and stay shorter than sixteen for the first
   * 78 billion requests. JFR keeps longer texts in a pool, for which it calls the JVM.
   */
  private static final int RADIX = 36;

  private static final long PREFIX_LEAST = 2_176_782_336L; // 36 to the sixth
  private static final long PREFIX_END = PREFIX_LEAST * RADIX;

  private final EventSink sink;
  private final Runnable onFirst;
  private final WeakTable<InProgress> inProgress =
      new WeakTable<>(MemoryBudget.OF_THIS_JVM.tableBits(ROW_BITS));
  private final String idPrefix;
  private final AtomicLong ids = new AtomicLong();
  private final AtomicLong unfinished = new AtomicLong();

  /**
   * @param onFirst runs before the first request is set
   */
  public Requests(EventSink sink, Runnable onFirst) {
    this.sink = sink;
    this.onFirst = onFirst;
    this.idPrefix =
        Long.toString(ThreadLocalRandom.current().nextLong(PREFIX_LEAST, PREFIX_END), RADIX) + "-";
  }

  private record InProgress(RequestContext context, RequestLine line, long startNanos) {}

  /** True if the request is in progress. */
  boolean knows(Object key) {
    return inProgress.get(key) != null;
  }

  /** A request has arrived; the current thread works for it from now on. */
  void begin(Object key, RequestLine line) {
    long number = ids.getAndIncrement();
    if (number == 0) {
      onFirst.run();
    }
    RequestLine kept = line.bounded();
    RequestContext context =
        new RequestContext(
            idPrefix,
            number,
            text(kept.method()),
            contextPath(text(kept.path())),
            text(kept.query()),
            text(kept.remoteAddress()));
    if (inProgress.put(key, new InProgress(context, kept, System.nanoTime()))) {
      unfinished.incrementAndGet();
    }
    CurrentRequest.set(context);
  }

  /**
   * Makes this the current thread's request, if it is in progress.
   *
   * @return true if it is
   */
  boolean enter(@Nullable Object key) {
    InProgress request = key == null ? null : inProgress.get(key);
    if (request == null) {
      return false;
    }
    CurrentRequest.set(request.context());
    return true;
  }

  /** The server has finished its work on a request on the current thread. */
  void exit() {
    CurrentRequest.set(null);
  }

  /**
   * The response is complete; a repeated call does nothing.
   *
   * @param status 0 or less if none was sent
   * @param requestBytes size of the request's body; null if unknown
   * @param responseBytes size of the response's body; null if unknown
   */
  void end(
      @Nullable Object key,
      @Nullable Integer status,
      @Nullable Long requestBytes,
      @Nullable Long responseBytes) {
    InProgress request = key == null ? null : inProgress.remove(key);
    if (request == null) {
      return;
    }
    long nowNanos = System.nanoTime();
    long elapsed = nowNanos - request.startNanos();
    try {
      NetworkReports.requestAnswered(
          sink, request.context(), request.line(), status, requestBytes, responseBytes, elapsed);
    } finally {
      request.context().end(nowNanos);
    }
  }

  /** Removes an entry that turned out to be no request. */
  void forget(Object key) {
    inProgress.remove(key);
  }

  /** Requests whose end will not be reported. */
  public long lost() {
    return inProgress.lost() + unfinished.get();
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** The same object if it is short enough, so that it is kept only once. */
  private static String contextPath(String path) {
    return path.length() <= CONTEXT_PATH_MAX_CHARS
        ? path
        : path.substring(0, CONTEXT_PATH_MAX_CHARS).concat("…");
  }
}
