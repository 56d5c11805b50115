package whorl.boot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Class files and their resources, in memory, for the classes that are loaded together before
 * {@code main}: one entry of the jar is read instead of hundreds. The format is a ZIP whose entries
 * are stored, read by their local headers (APPNOTE.TXT 4.3.7).
 */
final class ClassBundle {
  private static final int SIGNATURE = 0x04034b50;
  private static final int HEADER_BYTES = 30;
  private static final String CLASS_FILE = ".class";

  private final byte[] zip;

  /** Paths with the offset of their entry. */
  private final Map<String, Integer> entries = new LinkedHashMap<>();

  /**
   * @throws IOException if {@code zip} is not such a file
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
      entries.put(name, at);
      at = start(at) + intAt(at + 18);
    }
    if (entries.isEmpty()) {
      throw new IOException("the agent's jar has a bundle without entries");
    }
  }

  /** Names of all classes. */
  List<String> classes() {
    List<String> classes = new ArrayList<>(entries.size());
    for (String path : entries.keySet()) {
      if (path.endsWith(CLASS_FILE)) {
        int end = path.length() - CLASS_FILE.length();
        classes.add(path.substring(0, end).replace('/', '.'));
      }
    }
    return classes;
  }

  /** The content of the entry at that path; null if there is none. */
  byte @Nullable [] read(String path) {
    Integer at = entries.get(path);
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
