package whorl.collector.store.objects.s3;

import java.io.IOException;

/** The store answered a range request with something else. */
final class UnusableRangeException extends IOException {
  private static final long serialVersionUID = 1;

  UnusableRangeException(String message) {
    super(message);
  }
}
