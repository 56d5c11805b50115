package whorl.agent.hook.code;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/** Class loaders as text, without calling methods that the application may have overridden. */
final class Loaders {
  private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();
  private static final ClassLoader APPLICATION = ClassLoader.getSystemClassLoader();

  /** A cache: thousands of classes come from one loader in a row. */
  private static volatile @Nullable Known last;

  private record Known(WeakReference<ClassLoader> loader, String text) {}

  private Loaders() {}

  /** {@code bootstrap}, {@code platform}, {@code app}, or class and identity. */
  static String text(@Nullable ClassLoader loader) {
    if (loader == null) {
      return "bootstrap";
    }
    if (loader == PLATFORM) {
      return "platform";
    }
    if (loader == APPLICATION) {
      return "app";
    }
    Known known = last;
    if (known != null && known.loader.get() == loader) {
      return known.text;
    }
    String text =
        loader.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(loader));
    last = new Known(new WeakReference<>(loader), text);
    return text;
  }
}
