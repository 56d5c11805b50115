package whorl.evidence;

import java.security.Provider;
import java.security.Security;
import org.jspecify.annotations.Nullable;

/**
 * The Java platform's own security providers. Code in the JVM can put a provider of its own before
 * them, which would then compute the digests and signatures of the evidence against it. So
 * providers outside the platform's modules are skipped.
 */
final class PlatformProvider {
  private PlatformProvider() {}

  /**
   * The first platform provider of a service; null if the Java image has none.
   *
   * @param service such as {@code MessageDigest}
   * @param algorithm such as {@code SHA-256}
   */
  static @Nullable Provider of(String service, String algorithm) {
    for (Provider provider : Security.getProviders()) {
      Module module = provider.getClass().getModule();
      if (isPlatform(module) && provider.getService(service, algorithm) != null) {
        return provider;
      }
    }
    return null;
  }

  private static boolean isPlatform(Module module) {
    return module.isNamed()
        && module.getLayer() == ModuleLayer.boot()
        && (module.getName().startsWith("java.") || module.getName().startsWith("jdk."));
  }
}
