package whorl.agent.registration;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Collects what one walk finds, within its bounds. */
final class RegistrationList {
  private static final int MAX_PROXIES = 16;
  private static final int MAX_FOUND = 20_000;

  private final FieldReader fieldReader;
  private final LongSupplier nanos;
  private final long deadlineNanos;
  private final List<Registered> found = new ArrayList<>();
  private final Set<Registered> known = new HashSet<>();
  private boolean cut;
  private boolean failed;

  RegistrationList(FieldReader fieldReader, LongSupplier nanos, long limitNanos) {
    this.fieldReader = fieldReader;
    this.nanos = nanos;
    this.deadlineNanos = nanos.getAsLong() + limitNanos;
  }

  FieldReader fieldReader() {
    return fieldReader;
  }

  /**
   * Adds one registration.
   *
   * @param component the object that is called, or its class; null is ignored
   */
  void found(String kind, @Nullable Object component, @Nullable String target, Object container) {
    Object at = component;
    for (int i = 0; at != null && i <= MAX_PROXIES; i++) {
      add(kind, at, target, container);
      // Also record the proxy's invocation handler, which does the work.
      at = Proxy.isProxyClass(at.getClass()) ? fieldReader.at(at, "h") : null;
    }
  }

  private void add(String kind, Object component, @Nullable String target, Object container) {
    Class<?> type = component instanceof Class<?> known ? known : component.getClass();
    Registered registered = new Registered(kind, type, target, container.getClass().getName());
    if (found.size() >= MAX_FOUND) {
      cut = true;
    } else if (known.add(registered)) {
      found.add(registered);
    }
  }

  /** True if the walk must stop: the time is up, or the thread was interrupted. */
  boolean mustStop() {
    if (nanos.getAsLong() - deadlineNanos > 0 || Thread.currentThread().isInterrupted()) {
      cut = true;
    }
    return cut;
  }

  /** Notes that one part of the walk failed; the others go on. */
  void failed() {
    failed = true;
  }

  /** True if something was omitted. */
  boolean cut() {
    return cut || failed;
  }

  List<Registered> all() {
    return found;
  }
}
