package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the app prints with the agent, beside what it prints without. */
final class OutputIT {
  @TempDir Path folder;

  static IntStream versions25And17() {
    return World.firstOf(25, 17);
  }

  @ParameterizedTest
  @MethodSource("versions25And17")
  void output_withTheAgent_isOneLineMore(int version) throws IOException {
    Path javaHome = World.javaOrSkip(version);
    try (World world = World.quick(folder)) {
      Path own = Files.createDirectory(folder.resolve("shop"));
      List<String> without =
          attacked(
              world,
              Shop.jvm(
                  world.jars,
                  javaHome,
                  own,
                  World.quick(Map.of("JAVA_TOOL_OPTIONS", "-XX:+StartAttachListener"))));
      List<String> with =
          attacked(
              world,
              Shop.jvm(
                  world.jars,
                  javaHome,
                  own,
                  World.quick(world.flag(world.jars.agent().toString()))));

      List<String> more = new ArrayList<>(with);
      without.forEach(more::remove);
      List<String> less = new ArrayList<>(without);
      with.forEach(less::remove);
      assertThat(more).hasSize(1).allMatch(line -> line.contains("whorl"));
      assertThat(less).isEmpty();
    }
  }

  /** The lines that a start, an attack and an end print, without what differs each time. */
  private static List<String> attacked(World world, Shop shop) {
    try (shop) {
      world.attack(shop, "--drop", world.folder.toString());
    }
    return shop.output().stream()
        .map(
            line ->
                line.startsWith("Picked up JAVA_TOOL_OPTIONS")
                    ? "Picked up JAVA_TOOL_OPTIONS"
                    : line.replaceAll("[0-9]+", "N").replaceAll(" +", " "))
        .toList();
  }
}
