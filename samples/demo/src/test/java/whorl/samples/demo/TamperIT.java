package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

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
      Path bag = Files.createDirectory(folder.resolve("bag"));
      unzip(world.bagOf(evidence), bag);
      assertThat(verify(world, bag)).isZero();

      for (Path file : filesOf(bag)) {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length == 0) {
          continue;
        }
        byte[] flipped = bytes.clone();
        flipped[bytes.length / 2] ^= 1;
        Files.write(file, flipped);
        assertThat(verify(world, bag))
            .as("one byte of %s flipped", bag.relativize(file))
            .isEqualTo(3);
        Files.write(file, bytes);
      }
      assertThat(verify(world, bag)).isZero();
    }
  }

  private static int verify(World world, Path bag) {
    return world.collector().command("verify", bag.toString()).awaitEnd(World.PATIENCE);
  }

  /** The artifacts at the top and the tag files: some fifteen, each a run of the command. */
  private static List<Path> filesOf(Path bag) throws IOException {
    try (Stream<Path> files = Files.walk(bag)) {
      return files
          .filter(Files::isRegularFile)
          .filter(
              file ->
                  !file.toString().contains("/classes/") && !file.toString().contains("/files/"))
          .toList();
    }
  }

  private static void unzip(Path zip, Path into) throws IOException {
    try (InputStream file = Files.newInputStream(zip);
        ZipInputStream in = new ZipInputStream(file)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path target = into.resolve(entry.getName()).normalize();
        assertThat(target).startsWith(into);
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.getParent());
          Files.copy(in, target);
        }
      }
    }
  }
}
