package whorl.collector.store.outage;

import org.jspecify.annotations.Nullable;

/**
 * An exception that may mean more than one failed call: the database or the object store cannot be
 * used, and the same call may succeed when it is back. Nothing was acknowledged.
 */
public interface Outage {
  int CAUSES_MAX = 16;

  /** What cannot be used, such as {@code the database}; null if only this call failed. */
  @Nullable String unusable();

  /**
   * What cannot be used, according to the first of this exception and its causes that knows; null if
   * none does.
   */
  static @Nullable String of(@Nullable Throwable failure) {
    Throwable each = failure;
    for (int i = 0; each != null && i < CAUSES_MAX; i++) {
      if (each instanceof Outage outage) {
        return outage.unusable();
      }
      each = each.getCause();
    }
    return null;
  }
}
