package whorl.samples.demo;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the packaged jars are: below the checkout that the system property {@code whorl.root}
 * names, each replaceable by a property of its own ({@code whorl.agent.jar} and so on).
 */
record Jars(Path root, Path agent, Path collector, Path shop, Path attack) {

  /**
   * @throws IllegalStateException when one is missing
   */
  static Jars find() {
    Path root = Path.of(System.getProperty("whorl.root", ".")).toAbsolutePath().normalize();
    return new Jars(
        root,
        jar(root, "whorl.agent.jar", "agent/dist/target/whorl-agent.jar"),
        jar(root, "whorl.collector.jar", "collector-server/target/whorl-collector.jar"),
        jar(root, "whorl.shop.jar", "samples/shop/target/shop.jar"),
        jar(root, "whorl.attack.jar", "samples/attack/target/attack.jar"));
  }

  private static Path jar(Path root, String property, String byDefault) {
    Path jar = root.resolve(System.getProperty(property, byDefault));
    if (!Files.isRegularFile(jar)) {
      throw new IllegalStateException(jar + " is missing; build it with mvn package -DskipTests");
    }
    return jar;
  }

  /** The folder of invoices that the shop shows. */
  Path invoices() {
    return root.resolve("samples/shop/invoices");
  }
}
