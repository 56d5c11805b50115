package whorl.agent.hook.code;

import java.lang.ref.WeakReference;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;

/**
 * Where classes come from, as text. Most of them come from few places, whose addresses are long and
 * dear to put together, so the last ones are remembered. Threads may overwrite each other's.
 */
final class CodeSourceTexts {
  private static final int REMEMBERED = 64;

  private final @Nullable Known[] known = new Known[REMEMBERED];

  private record Known(WeakReference<CodeSource> source, String text) {}

  /** Null where the domain does not say. */
  @Nullable String of(@Nullable ProtectionDomain domain) {
    CodeSource source = domain == null ? null : domain.getCodeSource();
    if (source == null || source.getLocation() == null) {
      return null;
    }
    int place = System.identityHashCode(source) & (REMEMBERED - 1);
    Known last = known[place];
    if (last != null && last.source.get() == source) {
      return last.text;
    }
    String text = source.getLocation().toString();
    known[place] = new Known(new WeakReference<>(source), text);
    return text;
  }
}
