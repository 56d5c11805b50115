package whorl.collector.store;

import java.io.IOException;

/** There is no room for a change, and nothing was changed. */
public final class DiskFullException extends IOException {
  public DiskFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
