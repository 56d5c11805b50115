package whorl.collector.store.objects;

import java.io.IOException;

/** A lock or a hold of the object store keeps an object from being deleted. */
public final class ObjectLockedException extends IOException {
  private static final long serialVersionUID = 1;

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
