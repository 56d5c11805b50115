package whorl.agent.capture;

/**
 * Opens a package of a JDK module to the agent's own module, by {@code
 * Instrumentation.redefineModule}. Captures ask for {@code java.base/java.lang} (names of class
 * loaders, read without calling them), {@code java.base/jdk.internal.vm} (virtual threads) and
 * {@code jdk.management/com.sun.management.internal} (class histogram and JVM flags without an
 * MBean server).
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
