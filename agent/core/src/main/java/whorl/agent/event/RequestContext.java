package whorl.agent.event;

import java.util.concurrent.TimeUnit;
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

  private final String id;
  private final String method;
  private final String path;
  private final String remoteAddress;

  /** {@link System#nanoTime} of the answer. */
  private volatile long endNanos = UNDER_WAY;

  private volatile @Nullable RequestContext start;

  public RequestContext(String id, String method, String path, String remoteAddress) {
    this.id = id;
    this.method = method;
    this.path = path;
    this.remoteAddress = remoteAddress;
  }

  public String id() {
    return id;
  }

  public String method() {
    return method;
  }

  public String path() {
    return path;
  }

  public String remoteAddress() {
    return remoteAddress;
  }

  /** The response is complete. */
  public void end(long nowNanos) {
    endNanos = nowNanos == UNDER_WAY ? 1 : nowNanos;
  }

  /** Whether this only says which request started the thread; nothing but the id is known. */
  public boolean isStart() {
    return method.isEmpty() && path.isEmpty() && remoteAddress.isEmpty();
  }

  /**
   * This, or what is left of it when its answer is long past.
   *
   * @param nowNanos as {@link System#nanoTime}
   */
  RequestContext at(long nowNanos) {
    RequestContext left = start;
    if (left == null && isOver() && nowNanos - endNanos > GRACE_NANOS) {
      left = new RequestContext(id, "", "", "");
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
        && id.equals(that.id)
        && method.equals(that.method)
        && path.equals(that.path)
        && remoteAddress.equals(that.remoteAddress);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return isStart() ? "started by " + id : id + " " + method + " " + path;
  }
}
