package whorl.agent.capture.jvm;

import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Returns where classes came from, as text. */
public final class CodeSources {
  private CodeSources() {}

  /** Returns the code source; null for a class that has none. */
  public static @Nullable String text(Class<?> type) {
    return text(type.getProtectionDomain());
  }

  /**
   * As {@link #text(Class)}, computed once for all classes of a domain.
   *
   * @param known the texts computed so far, by identity
   */
  static @Nullable String text(Class<?> type, Map<ProtectionDomain, @Nullable String> known) {
    ProtectionDomain domain = type.getProtectionDomain();
    return domain == null ? null : known.computeIfAbsent(domain, CodeSources::text);
  }

  /** Returns the code source of a domain's classes; null if it has none. */
  public static @Nullable String text(@Nullable ProtectionDomain domain) {
    CodeSource source = domain == null ? null : domain.getCodeSource();
    URL location = source == null ? null : source.getLocation();
    if (location == null) {
      return null;
    }
    // Not toString: that calls the URL's handler, which may be the application's.
    String host = location.getHost();
    String authority = host == null || host.isEmpty() ? "" : "//" + host;
    String port = location.getPort() < 0 ? "" : ":" + location.getPort();
    return location.getProtocol() + ":" + authority + port + location.getFile();
  }
}
