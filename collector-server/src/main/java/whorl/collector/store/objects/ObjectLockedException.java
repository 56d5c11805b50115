package whorl.collector.store.objects;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.outage.Outage;

/** A lock or a hold of the object store keeps an object from being deleted. */
public final class ObjectLockedException extends IOException implements Outage {
  private static final long serialVersionUID = 1;

  /** The store works: a lock is no outage, although its refusal looks like one. */
  @Override
  public @Nullable String unusable() {
    return null;
  }

  public ObjectLockedException(String key, Throwable cause) {
    super("object " + key + " is locked in the object store", cause);
  }

  /**
   * @param message a sentence that names what is locked
   */
  public ObjectLockedException(String message) {
    super(message);
  }
}
