package whorl.boot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Class files in memory, for the classes that are loaded together before {@code main}: one entry of
 * the jar is read instead of hundreds. The format is a ZIP whose entries are stored, read by their
 * local headers (APPNOTE.TXT 4.3.7).
 */
final class ClassBundle {
  private static final int SIGNATURE = 0x04034b50;
  private static final int HEADER_BYTES = 30;
  private static final String CLASS_FILE = ".class";

  private final byte[] zip;

  /** Class names with the offset of their entry. */
  private final Map<String, Integer> entries = new LinkedHashMap<>();

  /**
   * @throws IOException when {@code zip} is not such a file
   */
  ClassBundle(byte[] zip) throws IOException {
    this.zip = zip;
    int at = 0;
    while (at + HEADER_BYTES <= zip.length && intAt(at) == SIGNATURE) {
      int nameBytes = shortAt(at + 26);
      String name = new String(zip, at + HEADER_BYTES, nameBytes, StandardCharsets.ISO_8859_1);
      if (shortAt(at + 8) != 0 || (shortAt(at + 6) & 8) != 0) {
        throw new IOException(
            "the agent's jar has a bundle whose entry " + name + " is not stored");
      }
      if (name.endsWith(CLASS_FILE)) {
        String path = name.substring(0, name.length() - CLASS_FILE.length());
        entries.put(path.replace('/', '.'), at);
      }
      at = start(at) + intAt(at + 18);
    }
    if (entries.isEmpty()) {
      throw new IOException("the agent's jar has a bundle without classes");
    }
  }

  /** Names of all classes. */
  List<String> names() {
    return new ArrayList<>(entries.keySet());
  }

  boolean has(String className) {
    return entries.containsKey(className);
  }

  /** The class file; null when the class is not in the bundle. */
  byte @Nullable [] read(String className) {
    Integer at = entries.get(className);
    if (at == null) {
      return null;
    }
    byte[] bytes = new byte[intAt(at + 18)];
    System.arraycopy(zip, start(at), bytes, 0, bytes.length);
    return bytes;
  }

  private int start(int at) {
    return at + HEADER_BYTES + shortAt(at + 26) + shortAt(at + 28);
  }

  private int shortAt(int at) {
    return zip[at] & 0xff | (zip[at + 1] & 0xff) << 8;
  }

  private int intAt(int at) {
    return shortAt(at) | shortAt(at + 2) << 16;
  }
}
