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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One flipped byte, wherever it is, is named. */
final class TamperIT {
  @TempDir Path folder;

  @Test
  void verify_oneByteFlippedAnywhereInTheBag_namesTheFileAndExitsThree() throws IOException {
    try (World world = new World(folder);
        Shop shop = world.plainShop(Java.own())) {
      world.awaitAgent();
      world.attack(shop, "--steps", "environment");
      JsonNode evidence = world.awaitSealed();
      Path bag = unzipped(world.bagOf(evidence), folder.resolve("unzipped"));
      assertThat(verify(world, bag).awaitEnd(World.PATIENCE)).isZero();

      for (Path file : filesOf(bag)) {
        assertFlipIsSeen(world, bag, file);
      }
      assertThat(verify(world, bag).awaitEnd(World.PATIENCE)).isZero();
    }
  }

  @Test
  void verify_oneByteFlippedInTheCollectorsFolder_exitsThree() throws IOException {
    try (World world = new World(folder);
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
    byte[] bytes = Files.readAllBytes(file);
    byte[] flipped = bytes.clone();
    flipped[bytes.length / 2] ^= 1;
    Files.write(file, flipped);
    Child verify = verify(world, root);
    assertThat(verify.awaitEnd(World.PATIENCE))
        .as("one byte of %s flipped: %s", root.relativize(file), verify.lines())
        .isEqualTo(3);
    Files.write(file, bytes);
  }

  private static Child verify(World world, Path what) {
    return world.collector().command("verify", what.toString());
  }

  /** All but the many class files, each of which would be one more run of the command. */
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
