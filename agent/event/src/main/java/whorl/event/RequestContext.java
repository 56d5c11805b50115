package whorl.event;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP request for which an event happened. Threads that the request started keep this object
 * for as long as they live, so it knows when it is over: work of such a thread long after the
 * response does not belong to the request, it was only {@linkplain #isStart started by} it.
 */
public final class RequestContext {
  /** Work this soon after the response still belongs to the request. */
  public static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long UNDER_WAY = 0;
  private static final int RADIX = 36;

  private static final AtomicReferenceFieldUpdater<RequestContext, @Nullable Runnable> LATE_EVENT =
      AtomicReferenceFieldUpdater.newUpdater(RequestContext.class, Runnable.class, "lateEvent");

  private final String idStart;
  private final long number;
  private final String method;
  private final String path;
  private final String remoteAddress;
  private final String query;

  /** Made on first use: most requests are only counted and need no id. */
  private @Nullable String id;

  /** {@link System#nanoTime} of the response. */
  private volatile long endNanos = UNDER_WAY;

  private volatile @Nullable RequestContext start;
  private volatile boolean named;
  private volatile @Nullable Runnable lateEvent;

  public RequestContext(String id, String method, String path, String remoteAddress) {
    this(id, 0, method, path, "", remoteAddress);
    this.id = id;
  }

  /** A request that was read back from where it was stored, with its query. */
  public static RequestContext stored(
      String id, String method, String path, String query, String remoteAddress) {
    RequestContext request = new RequestContext(id, 0, method, path, query, remoteAddress);
    request.id = id;
    return request;
  }

  /**
   * @param idStart the beginning of the id
   * @param number the rest of the id
   * @param query as sent, without the question mark; empty if there is none
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

  /** As sent; empty if there is none. */
  public String query() {
    return query;
  }

  public String remoteAddress() {
    return remoteAddress;
  }

  /** The fields of the request in alerts and journal lines, by name. */
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

  /** Marks the response as complete. */
  public void end(long nowNanos) {
    endNanos = nowNanos == UNDER_WAY ? 1 : nowNanos;
  }

  /** True if this only names the request that started the thread; only the id is known. */
  public boolean isStart() {
    return method.isEmpty() && path.isEmpty() && remoteAddress.isEmpty();
  }

  /** Marks the request as named by an event, so that its own event is emitted as well. */
  public void markNamed() {
    if (!named) {
      named = true;
    }
    Runnable emitting = lateEvent == null ? null : LATE_EVENT.getAndSet(this, null);
    if (emitting != null) {
      emitting.run();
    }
  }

  /** True if an event names this request. */
  public boolean isNamed() {
    return named;
  }

  /**
   * The request was counted and not emitted.
   *
   * @param emitting emits it after all; runs when an event names the request
   */
  public void emitIfNamed(Runnable emitting) {
    lateEvent = emitting;
    if (named) { // in the meantime
      markNamed();
    }
  }

  /**
   * Returns this, or only its start long after the response.
   *
   * @param nowNanos as {@link System#nanoTime}
   */
  public RequestContext at(long nowNanos) {
    RequestContext left = start;
    if (left == null && isOver() && nowNanos - endNanos > GRACE_NANOS) {
      left = new RequestContext(id(), "", "", "");
      left.lateEvent = LATE_EVENT.getAndSet(this, null);
      start = left;
    }
    return left == null ? this : left;
  }

  /** True if the response is complete. */
  public boolean isOver() {
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
