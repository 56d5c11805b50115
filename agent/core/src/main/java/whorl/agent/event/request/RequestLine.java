package whorl.agent.event.request;

import org.jspecify.annotations.Nullable;

/**
 * The facts about a request when it arrives: as it was sent, neither decoded nor masked, so that
 * rules see the same as the application.
 *
 * @param path not decoded, with its parameters
 * @param query without the question mark
 * @param server such as {@code tomcat/10.1.48}
 * @param truncated the fields that were too long to be kept whole; null if there are none
 */
public record RequestLine(
    String server,
    @Nullable String method,
    @Nullable String path,
    @Nullable String query,
    @Nullable String remoteAddress,
    @Nullable String forwardedFor,
    @Nullable String userAgent,
    @Nullable String truncated) {
  /** Limit of one text; a longer text loses its middle. */
  public static final int MAX_CHARS = 8192;

  /**
   * The end to keep of a longer text: an attacker who pads a request puts the payload at either
   * end.
   */
  private static final int END_CHARS = 2048;

  private static final int METHOD_MAX_CHARS = 64;

  /** An address is shorter; a server may take it from a header, or it may be a socket's path. */
  private static final int ADDRESS_MAX_CHARS = 256;

  private static final String GAP = "…";

  public RequestLine(
      String server,
      @Nullable String method,
      @Nullable String path,
      @Nullable String query,
      @Nullable String remoteAddress,
      @Nullable String forwardedFor,
      @Nullable String userAgent) {
    this(server, method, path, query, remoteAddress, forwardedFor, userAgent, null);
  }

  /** Splits a target with path and query in one, as in HTTP's own request line. */
  public static RequestLine ofTarget(
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

  /** The form to keep: no text is longer than {@link #MAX_CHARS}, and the path has no host. */
  public RequestLine bounded() {
    String plain = withoutHost(path);
    if (plain == path
        && isWithin(path)
        && isWithin(query)
        && isWithin(forwardedFor)
        && isWithin(userAgent)
        && (remoteAddress == null || remoteAddress.length() <= ADDRESS_MAX_CHARS)
        && (method == null || method.length() <= METHOD_MAX_CHARS)) {
      return this;
    }
    StringBuilder cut = new StringBuilder();
    note(cut, "path", plain);
    note(cut, "query", query);
    note(cut, "forwardedFor", forwardedFor);
    note(cut, "userAgent", userAgent);
    return new RequestLine(
        server,
        shortened(method, METHOD_MAX_CHARS),
        bounded(plain),
        bounded(query),
        shortened(remoteAddress, ADDRESS_MAX_CHARS),
        bounded(forwardedFor),
        bounded(userAgent),
        cut.isEmpty() ? null : cut.toString());
  }

  /** A request line may name the host before the path, as for a proxy. */
  private static @Nullable String withoutHost(@Nullable String path) {
    if (path == null || path.startsWith("/") || !path.regionMatches(true, 0, "http", 0, 4)) {
      return path;
    }
    int colon = path.indexOf("://");
    if (colon < 0 || colon > "https".length()) {
      return path;
    }
    int slash = path.indexOf('/', colon + 3);
    return slash < 0 ? "/" : path.substring(slash);
  }

  private static boolean isWithin(@Nullable String text) {
    return text == null || text.length() <= MAX_CHARS;
  }

  private static void note(StringBuilder cut, String field, @Nullable String text) {
    if (!isWithin(text)) {
      cut.append(cut.isEmpty() ? "" : ",").append(field);
    }
  }

  private static @Nullable String shortened(@Nullable String text, int maxChars) {
    return text == null || text.length() <= maxChars
        ? text
        : text.substring(0, maxChars).concat(GAP);
  }

  private static @Nullable String bounded(@Nullable String text) {
    if (text == null || isWithin(text)) {
      return text;
    }
    int beginning = MAX_CHARS - GAP.length() - END_CHARS;
    return text.substring(0, beginning)
        .concat(GAP)
        .concat(text.substring(text.length() - END_CHARS));
  }
}
