package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Attack, alert, sealed evidence: the shop as a plain JVM. */
final class PlainJvmIT {
  @TempDir Path folder;

  /** {@link FindingsIT} looks at the same on the oldest version. */
  static IntStream versions() {
    return World.firstOf(25, 17, 21);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void attack_onPlainJvm_isToldByTheSealedRecording(int version) {
    Path javaHome = World.javaOrSkip(version);
    try (World world = World.quick(folder);
        Shop shop = world.plainShop(javaHome)) {
      world.awaitAgent();
      world.attack(shop, "--drop", folder.toString());

      JsonNode evidence = world.awaitSealed();
      world.assertTellsTheAttack(evidence);
      MissionControlRules.of(world.recordingOf(evidence)).assertNoticed("ProcessStarted");
      assertThat(shop.answers()).isTrue();
    }
  }
}
