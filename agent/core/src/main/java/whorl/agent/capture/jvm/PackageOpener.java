package whorl.agent.capture.jvm;

/**
 * Opens a package of a JDK module to the agent's own module, by {@code
 * Instrumentation.redefineModule}. Captures use {@code java.base/java.lang} (names of class
 * loaders, read without calling them), {@code java.base/jdk.internal.vm} (virtual threads), {@code
 * java.base/sun.nio.fs} (file attributes without a map for each), {@code
 * java.management/sun.management} (threads with their locks, JVM arguments) and {@code
 * jdk.management/com.sun.management.internal} (class histogram, JVM flags). So neither an MBean
 * server nor java.util.logging is initialised before the application does so.
 */
@FunctionalInterface
public interface PackageOpener {
  /**
   * Opens the package if it is not open; the module is in the boot layer.
   *
   * @throws RuntimeException if this JVM does not allow it
   */
  void open(String module, String packageName);
}
