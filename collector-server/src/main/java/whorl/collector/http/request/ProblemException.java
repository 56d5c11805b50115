package whorl.collector.http.request;

import java.util.Map;

/**
 * Ends a request with a problem document (RFC 9457). The detail names the problem and the remedy,
 * and never contains a secret.
 */
public final class ProblemException extends RuntimeException {
  private final int status;
  private final String title;
  private final transient Map<String, String> headers;

  public ProblemException(int status, String title, String detail) {
    this(status, title, detail, Map.of());
  }

  /**
   * @param headers such as {@code Retry-After}
   */
  public ProblemException(int status, String title, String detail, Map<String, String> headers) {
    super(detail, null, false, false);
    this.status = status;
    this.title = title;
    this.headers = Map.copyOf(headers);
  }

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  public Map<String, String> headers() {
    return headers;
  }
}
