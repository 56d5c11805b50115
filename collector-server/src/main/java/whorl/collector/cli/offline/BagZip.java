package whorl.collector.cli.offline;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** An unpacked bag as the zip that collectors take. */
final class BagZip {
  private BagZip() {}

  /** Writes the zip: the regular files of the bag in one folder. */
  static void write(Path bag, Path zip) throws IOException {
    String base = "bag/";
    try (OutputStream out = Files.newOutputStream(zip);
        ZipOutputStream files = new ZipOutputStream(out, StandardCharsets.UTF_8)) {
      files.setLevel(Deflater.BEST_SPEED);
      Files.walkFileTree(
          bag,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              if (attributes.isRegularFile()) {
                String name = bag.relativize(file).toString().replace('\\', '/');
                files.putNextEntry(new ZipEntry(base + name));
                Files.copy(file, files);
                files.closeEntry();
              }
              return FileVisitResult.CONTINUE;
            }
          });
    }
  }
}
