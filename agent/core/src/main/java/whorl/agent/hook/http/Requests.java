package whorl.agent.hook.http;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;
import whorl.agent.event.CurrentRequest;
import whorl.agent.event.EventSink;
import whorl.agent.event.RequestContext;
import whorl.agent.hook.handover.WeakTable;

/**
 * Requests under way, each known by the object that its server has for it: set as the thread's
 * current request while the server works at it there, and told as one event when its response is
 * complete, on whichever thread that happens.
 */
public final class Requests {
  private static final int ROW_BITS = 11;

  /** What other events of the request carry of its path. */
  private static final int CONTEXT_PATH_MAX_CHARS = 1024;

  /**
   * Identifiers begin with seven characters of this JVM and stay shorter than sixteen for the first
   * 78 thousand million requests: longer texts the recorder keeps in a pool, for which it asks the
   * JVM.
   */
  private static final int RADIX = 36;

  private static final long PREFIX_LEAST = 2_176_782_336L; // 36 to the sixth
  private static final long PREFIX_END = PREFIX_LEAST * RADIX;

  private final EventSink sink;
  private final Runnable onFirst;
  private final WeakTable<UnderWay> underWay =
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

  private record UnderWay(RequestContext context, RequestLine line, long startNanos) {}

  /** Whether the request is under way already. */
  boolean knows(Object key) {
    return underWay.get(key) != null;
  }

  /** A request has come in; the current thread works for it from now on. */
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
    if (underWay.put(key, new UnderWay(context, kept, System.nanoTime()))) {
      unfinished.incrementAndGet();
    }
    CurrentRequest.set(context);
  }

  /**
   * The current thread works for this request, if it is under way.
   *
   * @return whether it is
   */
  boolean enter(@Nullable Object key) {
    UnderWay request = key == null ? null : underWay.get(key);
    if (request == null) {
      return false;
    }
    CurrentRequest.set(request.context());
    return true;
  }

  /** The server is through with its work at a request on the current thread. */
  void exit() {
    CurrentRequest.set(null);
  }

  /**
   * The response is complete; nothing happens when that was said before.
   *
   * @param status 0 or less when none was sent
   * @param requestBytes of the request's body; null when not known
   * @param responseBytes of the response's body; null when not known
   */
  void end(
      @Nullable Object key,
      @Nullable Object status,
      @Nullable Object requestBytes,
      @Nullable Object responseBytes) {
    UnderWay request = key == null ? null : underWay.remove(key);
    if (request == null) {
      return;
    }
    long nowNanos = System.nanoTime();
    long elapsed = nowNanos - request.startNanos();
    RequestLine line = request.line();
    try {
      sink.emitAnswered(
          request.context(),
          line.method(),
          line.path(),
          line.query(),
          line.remoteAddress(),
          status,
          line.server(),
          line.forwardedFor(),
          line.userAgent(),
          requestBytes,
          responseBytes,
          elapsed,
          line.truncated());
    } finally {
      request.context().end(nowNanos);
    }
  }

  /** No request after all. */
  void forget(Object key) {
    underWay.remove(key);
  }

  /** Requests whose end will not be told. */
  public long lost() {
    return underWay.lost() + unfinished.get();
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** The same object where it is short enough, which is kept once then. */
  private static String contextPath(String path) {
    return path.length() <= CONTEXT_PATH_MAX_CHARS
        ? path
        : path.substring(0, CONTEXT_PATH_MAX_CHARS).concat("…");
  }
}
