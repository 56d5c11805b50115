package whorl.collector.earlier;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The data folder that a collector of version 0.1.0 wrote; the README beside it says how. */
public final class EarlierFolder {
  private EarlierFolder() {}

  /** Unpacks it into this folder, byte for byte. */
  public static void unpack(Path folder) throws IOException {
    try (InputStream resource = EarlierFolder.class.getResourceAsStream("folder.zip")) {
      if (resource == null) {
        throw new IOException("no such resource: folder.zip");
      }
      try (ZipInputStream in = new ZipInputStream(resource, StandardCharsets.UTF_8)) {
        for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
          Path target = folder.resolve(entry.getName());
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
}
