package whorl.collector.store.objects.s3;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.outage.Outage;

/** The object store answered a request with an error. */
final class S3Refusal extends IOException implements Outage {
  private static final long serialVersionUID = 1;

  private final int status;

  S3Refusal(String message, int status, Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /**
   * An error of the store itself, or of what it lets these credentials do, and not of the object.
   */
  @Override
  public @Nullable String unusable() {
    return status >= 500 || status == 429 || status == 401 || status == 403 ? S3Away.WHAT : null;
  }

  /** The HTTP status. */
  int status() {
    return status;
  }
}
