package whorl.collector.store.objects.s3;

import java.io.IOException;

/** The object store answered a request with an error. */
final class S3Refusal extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;

  S3Refusal(String message, int status, Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /** The HTTP status. */
  int status() {
    return status;
  }
}
