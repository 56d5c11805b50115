package whorl.collector.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Zips as their files by name, in their order; a test changes them. */
public final class Zips {
  private Zips() {}

  /** Unpacks a zip by its central directory, as the verifier and most other readers do. */
  public static Map<String, byte[]> read(byte[] zip) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    Path file = Files.createTempFile("zips", ".zip");
    try {
      Files.write(file, zip);
      try (ZipFile open = new ZipFile(file.toFile())) {
        for (ZipEntry entry : Collections.list(open.entries())) {
          files.put(entry.getName(), open.getInputStream(entry).readAllBytes());
        }
      }
    } finally {
      Files.delete(file);
    }
    return files;
  }

  /** Packs the files. */
  public static byte[] write(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        out.putNextEntry(new ZipEntry(file.getKey()));
        out.write(file.getValue());
        out.closeEntry();
      }
    }
    return bytes.toByteArray();
  }
}
