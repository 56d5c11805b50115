package whorl.evidence;

import java.security.Provider;
import java.security.Security;
import org.jspecify.annotations.Nullable;

/**
 * The Java platform's own security providers. Whoever runs code in a JVM can put a provider of
 * their own before them, which would then make the digests and signatures of the evidence against
 * them; so providers that are not of the platform's modules are passed over.
 */
final class PlatformProvider {
  private PlatformProvider() {}

  /**
   * The first platform provider of a service; null where the Java image has none.
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
