package whorl.agent.hook.code;

import org.jspecify.annotations.Nullable;

/** Class loaders as text, without calling what the application may have overridden. */
final class Loaders {
  private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();
  private static final ClassLoader APPLICATION = ClassLoader.getSystemClassLoader();

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
    return loader.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(loader));
  }
}
