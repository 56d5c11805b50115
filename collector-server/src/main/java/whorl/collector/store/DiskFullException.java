package whorl.collector.store;

import java.io.IOException;

/** There is no room for a change, and nothing was changed. */
public final class DiskFullException extends IOException {
  /** Whether a file or a data base could not be written because the disk is full. */
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
