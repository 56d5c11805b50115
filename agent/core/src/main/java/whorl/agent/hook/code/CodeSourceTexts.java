package whorl.agent.hook.code;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;

/**
 * Code sources as text. Most classes come from few sources, whose URLs are long and expensive to
 * format, so the last ones are cached. Threads may overwrite each other's entries.
 */
final class CodeSourceTexts {
  private static final int REMEMBERED = 64;

  /** Paths are shorter; the code that defines a class chooses its source. */
  private static final int MAX_CHARS = 4096;

  private final @Nullable Known[] known = new Known[REMEMBERED];

  private record Known(WeakReference<CodeSource> source, String text) {}

  /** Null if the domain has no location. */
  @Nullable String of(@Nullable ProtectionDomain domain) {
    // The getters of these three are final.
    CodeSource source = domain == null ? null : domain.getCodeSource();
    URL location = source == null ? null : source.getLocation();
    if (source == null || location == null) {
      return null;
    }
    int slot = System.identityHashCode(source) & (REMEMBERED - 1);
    Known last = known[slot];
    if (last != null && last.source.get() == source) {
      return last.text;
    }
    String text = text(location);
    if (text.length() > MAX_CHARS) {
      text = text.substring(0, MAX_CHARS).concat("…");
    }
    known[slot] = new Known(new WeakReference<>(source), text);
    return text;
  }

  /**
   * Same as {@link URL#toString}, which would call the URL's handler, possibly one of the
   * application.
   */
  static String text(URL url) {
    String authority = url.getAuthority();
    String reference = url.getRef();
    StringBuilder text = new StringBuilder(64).append(url.getProtocol()).append(':');
    if (authority != null && !authority.isEmpty()) {
      text.append("//").append(authority);
    }
    text.append(url.getFile());
    if (reference != null) {
      text.append('#').append(reference);
    }
    return text.toString();
  }
}
