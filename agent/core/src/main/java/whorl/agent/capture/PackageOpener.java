package whorl.agent.capture;

/**
 * Opens a package of a JDK module to the agent's own module, by {@code
 * Instrumentation.redefineModule}. Captures ask for {@code java.base/java.lang} (names of class
 * loaders, read without calling them), {@code java.base/jdk.internal.vm} (virtual threads), {@code
 * java.base/sun.nio.fs} (states of files without a map for each), {@code
 * java.management/sun.management} (threads with their locks, JVM arguments) and {@code
 * jdk.management/com.sun.management.internal} (class histogram, JVM flags): so that neither an
 * MBean server nor java.util.logging comes to life before the application wants it to.
 */
@FunctionalInterface
public interface PackageOpener {
  /**
   * Opens it, or does nothing where it is open; the module is in the boot layer.
   *
   * @throws RuntimeException when this JVM does not allow it
   */
  void open(String module, String packageName);
}
