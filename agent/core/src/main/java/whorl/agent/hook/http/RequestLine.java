package whorl.agent.hook.http;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a request when it comes in.
 *
 * @param path as it was sent, not decoded
 * @param query as it was sent, without the question mark
 * @param server such as {@code tomcat/10.1.48}
 */
record RequestLine(
    String server,
    @Nullable String method,
    @Nullable String path,
    @Nullable String query,
    @Nullable String remoteAddress,
    @Nullable String forwardedFor,
    @Nullable String userAgent) {
  /** With path and query still in one, as in HTTP's own request line. */
  static RequestLine ofTarget(
      String server,
      @Nullable String method,
      @Nullable String target,
      @Nullable String remoteAddress,
      @Nullable String forwardedFor,
      @Nullable String userAgent) {
    int mark = target == null ? -1 : target.indexOf('?');
    return new RequestLine(
        server,
        method,
        target == null || mark < 0 ? target : target.substring(0, mark),
        target == null || mark < 0 ? null : target.substring(mark + 1),
        remoteAddress,
        forwardedFor,
        userAgent);
  }
}
