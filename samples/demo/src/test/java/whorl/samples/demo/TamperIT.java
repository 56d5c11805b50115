package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One flipped byte, wherever it is, is named. */
final class TamperIT {
  @TempDir Path folder;

  @Tag("long")
  @Test
  void verify_oneByteFlippedAnywhereInTheBag_namesTheFileAndExitsThree() throws IOException {
    try (World world = World.quick(folder);
        Shop shop = world.plainShop(Java.own())) {
      world.awaitAgent();
      world.attack(shop, "--steps", "environment");
      JsonNode evidence = world.awaitSealed();
      Path bag = unzipped(world.bagOf(evidence), folder.resolve("unzipped"));
      assertThat(verify(world, bag).awaitEnd(World.PATIENCE)).isZero();

      Path payload = bag.resolve("data");
      for (Path file : filesOf(bag)) {
        if (!file.startsWith(payload)) {
          assertFlipIsSeen(world, bag, file);
        }
      }
      assertFlipsAreNamed(world, bag, filesOf(payload));
      assertThat(verify(world, bag).awaitEnd(World.PATIENCE)).isZero();
    }
  }

  @Test
  void verify_oneByteFlippedInTheCollectorsFolder_exitsThree() throws IOException {
    try (World world = World.quick(folder);
        Shop shop = world.plainShop(Java.own())) {
      world.awaitAgent();
      world.attack(shop, "--steps", "environment");
      world.awaitSealed();
      world.collector().stop();
      Path data = world.collector().data();
      assertThat(verify(world, data).awaitEnd(World.PATIENCE)).isZero();

      assertFlipIsSeen(world, data, data.resolve("custody/custody.ndjson"));
      assertFlipIsSeen(world, data, filesOf(data.resolve("evidence")).get(0));
      assertFlipIsSeen(world, data, filesOf(data.resolve("blobs")).get(0));
      assertThat(verify(world, data).awaitEnd(World.PATIENCE)).isZero();
    }
  }

  private static void assertFlipIsSeen(World world, Path root, Path file) throws IOException {
    flip(file);
    Child verify = verify(world, root);
    assertThat(verify.awaitEnd(World.PATIENCE))
        .as("one byte of %s flipped: %s", root.relativize(file), verify.lines())
        .isEqualTo(3);
    flip(file);
  }

  /** One byte of each, and one run of the command for all. */
  private static void assertFlipsAreNamed(World world, Path root, List<Path> files)
      throws IOException {
    for (Path file : files) {
      flip(file);
    }
    Child verify = verify(world, root);
    assertThat(verify.awaitEnd(World.PATIENCE)).isEqualTo(3);
    for (Path file : files) {
      assertThat(verify.lines())
          .anyMatch(line -> line.contains("problem: " + root.relativize(file) + ": sha-256 is "));
      flip(file);
    }
  }

  /** The byte in the middle; a second time undoes it. */
  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  private static Child verify(World world, Path what) {
    return world.collector().command("verify", what.toString());
  }

  /** All but the many class files. */
  private static List<Path> filesOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.toString().contains("/classes/"))
          .filter(file -> file.toFile().length() > 0)
          .sorted()
          .toList();
    }
  }

  /** The bag's own folder, the one that the zip holds. */
  private static Path unzipped(Path zip, Path into) throws IOException {
    try (InputStream file = Files.newInputStream(zip);
        ZipInputStream in = new ZipInputStream(file)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path target = into.resolve(entry.getName()).normalize();
        assertThat(target.startsWith(into)).as(entry.getName()).isTrue();
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.getParent());
          Files.copy(in, target);
        }
      }
    }
    try (Stream<Path> bags = Files.list(into)) {
      return bags.reduce((one, other) -> fail("two bags in " + zip)).orElseThrow();
    }
  }
}
