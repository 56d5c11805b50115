package whorl.collector.http;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a browser's request comes from our own page. Other programs send neither {@code Origin}
 * nor {@code Sec-Fetch-Site}, and no page can make a browser lie in them.
 */
final class OwnOrigin {
  /** From our page, or from nowhere: typed in, or a bookmark. */
  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

  private OwnOrigin() {}

  /**
   * @throws ProblemException 403
   */
  static void check(@Nullable String origin, @Nullable String site, @Nullable String host) {
    if (site != null && !OWN_SITES.contains(site)) {
      throw foreign();
    }
    if (origin != null && !ours(origin, host)) {
      throw foreign();
    }
  }

  /** By authority alone: before us may be a proxy that speaks TLS, and passes on the host. */
  private static boolean ours(String origin, @Nullable String host) {
    try {
      URI uri = URI.create(origin);
      String scheme = uri.getScheme();
      String authority = uri.getRawAuthority();
      if (scheme == null || authority == null || host == null) {
        return false;
      }
      String defaultPort = scheme.equals("https") ? ":443" : ":80";
      return Set.of("http", "https").contains(scheme)
          && plain(authority, defaultPort).equals(plain(host, defaultPort));
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  private static String plain(String authority, String defaultPort) {
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
