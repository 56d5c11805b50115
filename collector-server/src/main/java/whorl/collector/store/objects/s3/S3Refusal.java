package whorl.collector.store.objects.s3;

import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.outage.Outage;

/** The object store answered a request with an error. */
final class S3Refusal extends IOException implements Outage {
  private static final long serialVersionUID = 1;

  private static final int BAD_REQUEST = 400;

  /** Codes of bad requests: session credentials have ended. An answer to HEAD has no code. */
  private static final Set<String> OF_CREDENTIALS =
      Set.of("ExpiredToken", "InvalidToken", "TokenRefreshRequired", "");

  private final int status;
  private final String code;

  /**
   * @param code of the error, such as {@code SlowDown}; empty if the answer has none
   */
  S3Refusal(String message, int status, String code, Throwable cause) {
    super(message, cause);
    this.status = status;
    this.code = code;
  }

  /**
   * An error of the store itself, or of what it lets these credentials do, and not of the object.
   */
  @Override
  public @Nullable String unusable() {
    boolean ofStatus = status >= 500 || status == 429 || status == 401 || status == 403;
    return ofStatus || status == BAD_REQUEST && OF_CREDENTIALS.contains(code) ? S3Away.WHAT : null;
  }

  /** The HTTP status. */
  int status() {
    return status;
  }
}
