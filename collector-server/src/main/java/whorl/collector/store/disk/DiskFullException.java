package whorl.collector.store.disk;

import java.io.IOException;

/** A change failed because the disk is full; nothing was changed. */
public final class DiskFullException extends IOException {
  /** True if a file or a database could not be written because the disk is full. */
  public static boolean isWhy(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof DiskFullException
          || String.valueOf(cause.getMessage()).contains("No space left on device")) {
        return true;
      }
    }
    return false;
  }

  public DiskFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
