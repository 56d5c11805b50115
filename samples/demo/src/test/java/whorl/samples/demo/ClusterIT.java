package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attack, alert, sealed evidence at several collectors: what {@code run --cluster} shows. */
final class ClusterIT {
  @TempDir Path folder;

  @Test
  @Tag("long") // FaultsIT of the collector has several collectors in each build
  void attack_atSeveralCollectors_isToldByTheSealedRecording() throws IOException {
    Jars jars = Jars.find();
    List<String> missing = Cluster.missing(jars);
    missing.forEach(each -> System.out.println("SKIPPED: " + each));
    assumeTrue(missing.isEmpty(), () -> String.join("; ", missing));
    try (Cluster cluster = Cluster.start(jars, folder);
        World world = World.of(folder, cluster);
        Shop shop = world.plainShop(Java.own())) {
      world.awaitAgent();
      world.attack(shop, "--drop", folder.toString());

      JsonNode evidence = world.awaitSealed();
      world.assertTellsTheAttack(evidence);
      assertThat(shop.answers()).isTrue();
    }
  }
}
