package whorl.agent.capture;

import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;

/** Where classes came from, as text. */
public final class CodeSources {
  private CodeSources() {}

  /** The place; null for a class that has none. */
  public static @Nullable String text(Class<?> type) {
    ProtectionDomain domain = type.getProtectionDomain();
    CodeSource source = domain == null ? null : domain.getCodeSource();
    URL location = source == null ? null : source.getLocation();
    if (location == null) {
      return null;
    }
    // Not toString: that asks the URL's handler, which may be the application's.
    String host = location.getHost();
    String authority = host == null || host.isEmpty() ? "" : "//" + host;
    String port = location.getPort() < 0 ? "" : ":" + location.getPort();
    return location.getProtocol() + ":" + authority + port + location.getFile();
  }
}
