package whorl.collector.cli.server;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * SIGTERM and Ctrl-C: the first lets the process end cleanly, by its shutdown hooks; the second
 * ends it at once. Without {@code jdk.unsupported}, whose {@code sun.misc.Signal} this uses by
 * reflection, the second does nothing, as the JVM has it.
 */
public final class EndSignals {
  private static final int UNIX_BASE = 128;

  private final AtomicBoolean ending = new AtomicBoolean();

  private EndSignals() {}

  /** Handles the signals of this process from now on. */
  public static void handle() {
    EndSignals signals = new EndSignals();
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      InvocationHandler received =
          (proxy, method, arguments) -> {
            return switch (method.getName()) {
              case "handle" -> {
                signals.received((Integer) signal.getMethod("getNumber").invoke(arguments[0]));
                yield null;
              }
              case "equals" -> proxy == arguments[0];
              case "hashCode" -> System.identityHashCode(proxy);
              default -> "end signals";
            };
          };
      Object handler =
          Proxy.newProxyInstance(
              EndSignals.class.getClassLoader(), new Class<?>[] {handlerType}, received);
      for (String name : List.of("TERM", "INT")) {
        signal
            .getMethod("handle", signal, handlerType)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
      }
    } catch (ReflectiveOperationException | RuntimeException unsupported) {
      // the JVM's own handler runs the shutdown hooks
    }
  }

  private void received(int number) {
    int status = UNIX_BASE + number;
    if (ending.compareAndSet(false, true)) {
      new Thread(() -> System.exit(status), "whorl-end").start();
    } else {
      Runtime.getRuntime().halt(status);
    }
  }
}
