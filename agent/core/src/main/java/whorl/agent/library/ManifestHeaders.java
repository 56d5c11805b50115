package whorl.agent.library;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The main headers of a manifest. {@code java.util.jar.Manifest} reads the sections of all entries
 * too, which are megabytes in a signed jar.
 */
final class ManifestHeaders {
  /** The main headers of a manifest are within so many bytes, or those after it are not read. */
  static final int MAX_BYTES = 64 << 10;

  static final ManifestHeaders NONE = new ManifestHeaders(Map.of());

  private static final int VALUE_MAX_CHARS = 16 << 10;

  private final Map<String, String> headers;

  private ManifestHeaders(Map<String, String> headers) {
    this.headers = headers;
  }

  /** Reads the main section, which ends at the first empty line. */
  static ManifestHeaders of(byte[] manifest) {
    Map<String, String> headers = new HashMap<>();
    String name = null;
    StringBuilder value = new StringBuilder();
    for (String line : new String(manifest, StandardCharsets.UTF_8).split("\r\n|\n|\r", -1)) {
      if (line.startsWith(" ")) {
        value.append(line, 1, Math.max(1, Math.min(line.length(), 1 + room(value))));
        continue;
      }
      put(headers, name, value);
      name = null;
      value.setLength(0);
      if (line.isEmpty()) {
        break;
      }
      int colon = line.indexOf(':');
      if (colon > 0) {
        name = line.substring(0, colon).toLowerCase(Locale.ROOT);
        value.append(line.substring(colon + 1).strip());
      }
    }
    put(headers, name, value);
    return new ManifestHeaders(headers);
  }

  private static int room(StringBuilder value) {
    return Math.max(0, VALUE_MAX_CHARS - value.length());
  }

  private static void put(Map<String, String> headers, @Nullable String name, StringBuilder value) {
    if (name != null) {
      headers.putIfAbsent(name, value.toString());
    }
  }

  /** Returns the header's value; null if it is absent or blank. */
  @Nullable String get(String name) {
    String value = headers.get(name.toLowerCase(Locale.ROOT));
    return value == null || value.isBlank() ? null : value.strip();
  }

  /** True if a Java agent's class is named. */
  boolean namesAgent() {
    return get("Premain-Class") != null
        || get("Agent-Class") != null
        || get("Launcher-Agent-Class") != null;
  }
}
