package whorl.behaviour.starts;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What is started and with what.
 *
 * @param classes of the programs
 */
record Jars(Path agent, Path collector, Path shop, Path classes) {
  /** Checks that those are there that are needed. */
  Jars(
      Path agent,
      Path collector,
      Path shop,
      Path classes,
      boolean needsCollector,
      boolean needsShop) {
    this(agent, collector, shop, classes);
    need(agent);
    need(classes);
    if (needsCollector) {
      need(collector);
    }
    if (needsShop) {
      need(shop);
    }
  }

  private static void need(Path built) {
    if (!Files.exists(built)) {
      throw new IllegalArgumentException("no " + built + ": build it with mvn -DskipTests package");
    }
  }
}
