package whorl.agent.hook.http;

import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * A kind of HTTP server. It declares its join points, each with one of the numbers here, and reads
 * a request's facts with its {@link Getter}s. The first operand of a join point, except {@link
 * #EXIT}, is the server's object that identifies the request; a visit without one is ignored.
 */
abstract class ServerHook implements Hook {
  /** A request has arrived. */
  static final int BEGIN = 0;

  /** The thread works on a request, if it is known. */
  static final int ENTER = 1;

  /** The thread works on a request; if it is not known, it has arrived. */
  static final int ENTER_OR_BEGIN = 2;

  /** The thread has finished its work on a request. */
  static final int EXIT = 3;

  /** The response is complete. */
  static final int END = 4;

  /** The first number for a server's own join points. */
  static final int OTHER = 5;

  final Requests requests;

  ServerHook(Requests requests) {
    this.requests = requests;
  }

  @Override
  public final String group() {
    return HttpHooks.GROUP;
  }

  @Override
  public final void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (at == EXIT) {
      requests.exit();
      return;
    }
    Object key = values[0];
    if (key == null) {
      return;
    }
    switch (at) {
      case BEGIN -> begin(key, values, thread);
      case ENTER -> requests.enter(key);
      case ENTER_OR_BEGIN -> {
        if (!requests.enter(key)) {
          begin(key, values, thread);
        }
      }
      case END -> end(key, values, thread);
      default -> observeOther(at, key, values, thread);
    }
  }

  /** Passes the request's line to {@link Requests#begin}. */
  abstract void begin(Object key, @Nullable Object[] values, ThreadState thread);

  /** Passes what is known about the response to {@link Requests#end}. */
  abstract void end(Object key, @Nullable Object[] values, ThreadState thread);

  /** A join point with a number of the server's own. */
  void observeOther(int at, Object key, @Nullable Object[] values, ThreadState thread) {
    throw HookPoint.unknown(at);
  }
}
