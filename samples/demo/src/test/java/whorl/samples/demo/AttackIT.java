package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shop is vulnerable without the agent, too. */
final class AttackIT {
  @TempDir Path folder;

  static IntStream versions17And25() {
    return World.firstOf(17, 25);
  }

  static IntStream versions25And21() {
    return World.firstOf(25, 21);
  }

  /** {@link OutputIT} attacks it on the other version. */
  @ParameterizedTest
  @MethodSource("versions17And25")
  void attack_onTheBareShop_getsAnAnswerToEveryStep(int version) {
    Path javaHome = World.javaOrSkip(version);
    Jars jars = Jars.find();
    try (Shop shop = Shop.jvm(jars, javaHome, folder, World.quick(Map.of()))) {
      // Twice: nothing of the first attack may be in the second one's way.
      for (int i = 0; i < 2; i++) {
        AttackRun attack = AttackRun.on(shop.url(), jars.attack(), "--drop", folder.toString());

        assertThat(attack.status()).as(String.join("\n", attack.lines())).isZero();
        assertThat(attack.lines()).hasSize(8);
        assertThat(attack.lines().get(0)).startsWith("1. read the environment");
        assertThat(attack.lines().get(4)).startsWith("5. dropped " + folder);
        assertThat(folder.resolve("promo.sh")).exists().satisfies(Files::isExecutable);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("versions25And21")
  void shop_whereNothingCanBeWritten_runsWithoutTheAgentToo(int version) {
    Engine engine = World.engineOrSkip();
    Jars jars = Jars.find();
    String image = "localhost/whorl-shop:java" + version;
    try (Shop shop = Shop.container(engine, image, Shop.STRICTEST, World.quick(Map.of()))) {
      AttackRun attack = AttackRun.on(shop.url(), jars.attack());

      assertThat(attack.lines())
          .anyMatch(line -> line.contains("dropped nothing"))
          .anyMatch(line -> line.contains("started nothing"));
    }
  }
}
