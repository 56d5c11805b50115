package whorl.agent.registration;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What one walk has found, within its bounds. */
final class RegistrationList {
  private static final int MAX_FOUND = 20_000;

  private final FieldReader fieldReader;
  private final LongSupplier nanos;
  private final long deadlineNanos;
  private final List<Registered> found = new ArrayList<>();
  private final Set<Registered> known = new HashSet<>();
  private boolean cut;

  RegistrationList(FieldReader fieldReader, LongSupplier nanos, long limitNanos) {
    this.fieldReader = fieldReader;
    this.nanos = nanos;
    this.deadlineNanos = nanos.getAsLong() + limitNanos;
  }

  FieldReader peek() {
    return fieldReader;
  }

  /**
   * One registration.
   *
   * @param component the object that is called, or its class; null is passed over
   */
  void found(String kind, @Nullable Object component, @Nullable String target, Object container) {
    if (component == null) {
      return;
    }
    if (!(component instanceof Class<?>) && Proxy.isProxyClass(component.getClass())) {
      // Whoever answers for it; the proxy alone is only a shape.
      found(kind, fieldReader.at(component, "h"), target, container);
    }
    Class<?> type = component instanceof Class<?> known ? known : component.getClass();
    Registered one = new Registered(kind, type, target, container.getClass().getName());
    if (found.size() >= MAX_FOUND) {
      cut = true;
    } else if (known.add(one)) {
      found.add(one);
    }
  }

  /** Whether to stop: the time is up, or the thread was interrupted. */
  boolean over() {
    if (nanos.getAsLong() - deadlineNanos > 0 || Thread.currentThread().isInterrupted()) {
      cut = true;
    }
    return cut;
  }

  /** Whether something was left out. */
  boolean cut() {
    return cut;
  }

  List<Registered> all() {
    return found;
  }
}
