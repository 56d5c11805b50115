package whorl.agent.event;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP request that an event happened for. Threads that it started keep this object for as long
 * as they live, so it says itself when it is over: what such a thread does long after the answer is
 * not the request's any more, it was only {@linkplain #isStart started by} it.
 */
public final class RequestContext {
  /** Work that goes on after the answer still is the request's for this long. */
  static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long UNDER_WAY = 0;
  private static final int RADIX = 36;

  private static final AtomicReferenceFieldUpdater<RequestContext, @Nullable Runnable> UNTOLD =
      AtomicReferenceFieldUpdater.newUpdater(RequestContext.class, Runnable.class, "untold");

  private final String idStart;
  private final long number;
  private final String method;
  private final String path;
  private final String remoteAddress;
  private final String query;

  /** Made when it is asked for: most requests are counted, and nobody asks. */
  private @Nullable String id;

  /** {@link System#nanoTime} of the answer. */
  private volatile long endNanos = UNDER_WAY;

  private volatile @Nullable RequestContext start;
  private volatile boolean named;
  private volatile @Nullable Runnable untold;

  public RequestContext(String id, String method, String path, String remoteAddress) {
    this(id, 0, method, path, "", remoteAddress);
    this.id = id;
  }

  /**
   * @param idStart how the id begins
   * @param number what follows in it
   * @param query as it was sent, without the question mark; empty where there is none
   */
  public RequestContext(
      String idStart, long number, String method, String path, String query, String remoteAddress) {
    this.idStart = idStart;
    this.number = number;
    this.method = method;
    this.path = path;
    this.query = query;
    this.remoteAddress = remoteAddress;
  }

  public String id() {
    String made = id;
    if (made == null) {
      made = idStart.concat(Long.toString(number, RADIX));
      id = made;
    }
    return made;
  }

  public String method() {
    return method;
  }

  public String path() {
    return path;
  }

  /** As it was sent; empty where there is none, and of requests that were read back. */
  public String query() {
    return query;
  }

  public String remoteAddress() {
    return remoteAddress;
  }

  /** What alerts and lines of a journal tell of it, under the names that they have there. */
  public Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    if (isStart()) {
      fields.put("request.startedBy", id());
    } else {
      fields.put("request.id", id());
      fields.put("request.method", method);
      fields.put("request.path", path);
      fields.put("request.remoteAddress", remoteAddress);
    }
    return fields;
  }

  /** The response is complete. */
  public void end(long nowNanos) {
    endNanos = nowNanos == UNDER_WAY ? 1 : nowNanos;
  }

  /** Whether this only says which request started the thread; nothing but the id is known. */
  public boolean isStart() {
    return method.isEmpty() && path.isEmpty() && remoteAddress.isEmpty();
  }

  /** An event names this request, so that its own event is wanted as well. */
  void name() {
    if (!named) {
      named = true;
    }
    Runnable telling = untold == null ? null : UNTOLD.getAndSet(this, null);
    if (telling != null) {
      telling.run();
    }
  }

  /** Whether an event names it. */
  boolean isNamed() {
    return named;
  }

  /**
   * It was counted and not told.
   *
   * @param telling tells it after all; runs when an event names it
   */
  void untold(Runnable telling) {
    untold = telling;
    if (named) { // meanwhile
      name();
    }
  }

  /**
   * This, or what is left of it when its answer is long past.
   *
   * @param nowNanos as {@link System#nanoTime}
   */
  RequestContext at(long nowNanos) {
    RequestContext left = start;
    if (left == null && isOver() && nowNanos - endNanos > GRACE_NANOS) {
      left = new RequestContext(id(), "", "", "");
      left.untold = UNTOLD.getAndSet(this, null);
      start = left;
    }
    return left == null ? this : left;
  }

  /** Whether its response is complete. */
  boolean isOver() {
    return endNanos != UNDER_WAY;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RequestContext that
        && id().equals(that.id())
        && method.equals(that.method)
        && path.equals(that.path)
        && remoteAddress.equals(that.remoteAddress);
  }

  @Override
  public int hashCode() {
    return id().hashCode();
  }

  @Override
  public String toString() {
    return isStart() ? "started by " + id() : id() + " " + method + " " + path;
  }
}
