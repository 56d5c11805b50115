package whorl.collector.http.auth;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;

/**
 * Checks that a browser's request comes from the collector's own page. Other programs send neither
 * {@code Origin} nor {@code Sec-Fetch-Site}, and no page can forge them.
 */
final class OwnOrigin {
  /** From the own page, or without a page: a typed address or a bookmark. */
  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

  private OwnOrigin() {}

  /**
   * @throws ProblemException 403
   */
  static void check(@Nullable String origin, @Nullable String site, @Nullable String host) {
    if (site != null && !OWN_SITES.contains(site)) {
      throw foreign();
    }
    if (origin != null && !isOwn(origin, host)) {
      throw foreign();
    }
  }

  /**
   * Compares only the authority, because a proxy in front may terminate TLS and pass on the host.
   */
  private static boolean isOwn(String origin, @Nullable String host) {
    try {
      URI uri = URI.create(origin);
      String scheme = uri.getScheme();
      String authority = uri.getRawAuthority();
      if (scheme == null || authority == null || host == null) {
        return false;
      }
      String defaultPort = scheme.equals("https") ? ":443" : ":80";
      return Set.of("http", "https").contains(scheme)
          && withoutDefaultPort(authority, defaultPort)
              .equals(withoutDefaultPort(host, defaultPort));
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  private static String withoutDefaultPort(String authority, String defaultPort) {
    String lower = authority.toLowerCase(Locale.ROOT);
    return lower.endsWith(defaultPort) && !lower.endsWith("]")
        ? lower.substring(0, lower.length() - defaultPort.length())
        : lower;
  }

  private static ProblemException foreign() {
    return new ProblemException(
        403,
        "foreign origin",
        "a browser sent this for another site's page; open the collector's own page");
  }
}
