package whorl.agent.hook.weave;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The loaders whose class of one name was offered to the weaver. It keeps no loader alive, calls
 * none and takes no lock: the application's threads run this while they load classes.
 */
final class Offered {
  private final AtomicReference<List<WeakReference<ClassLoader>>> loaders =
      new AtomicReference<>(List.of());
  private volatile boolean boot;

  void add(@Nullable ClassLoader loader) {
    if (loader == null) {
      boot = true;
      return;
    }
    WeakReference<ClassLoader> added = null;
    while (!contains(loader)) {
      if (added == null) {
        added = new WeakReference<>(loader);
      }
      List<WeakReference<ClassLoader>> before = current();
      List<WeakReference<ClassLoader>> after = new ArrayList<>(before.size() + 1);
      for (WeakReference<ClassLoader> reference : before) {
        if (!reference.refersTo(null)) {
          after.add(reference);
        }
      }
      after.add(added);
      loaders.compareAndSet(before, after);
    }
  }

  boolean contains(@Nullable ClassLoader loader) {
    if (loader == null) {
      return boot;
    }
    for (WeakReference<ClassLoader> reference : current()) {
      if (reference.refersTo(loader)) {
        return true;
      }
    }
    return false;
  }

  private List<WeakReference<ClassLoader>> current() {
    return Objects.requireNonNull(loaders.get());
  }
}
