package whorl.collector.compare;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Json;

/**
 * Reads what an artifact lists. Addresses of hidden classes, serial numbers of lambdas, and numbers
 * of threads and ephemeral ports differ from run to run, so they are left out of names. Lines that
 * cannot be read are skipped and counted.
 */
final class ThingReader {
  private static final int LINE_MAX_CHARS = 1 << 20;
  private static final int BODYFILE_FIELDS = 11;
  private static final int DEPTH_MAX = 20;

  /** The end of a hidden class's name: the address of its Klass, in HotSpot. */
  private static final Pattern ADDRESS = Pattern.compile("[/+]0x[0-9a-f]+");

  private static final Pattern SERIAL =
      Pattern.compile(
          "(?<=\\$\\$Lambda\\$|GeneratedMethodAccessor|GeneratedConstructorAccessor)\\d+");

  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private final Things things = new Things();
  private long unreadable;

  /** Reads a file as this kind of artifact. */
  static ThingReader read(ThingKind kind, Path file) throws IOException {
    ThingReader reader = new ThingReader();
    switch (kind) {
      case CLASSES, REGISTRATIONS, SOCKETS, OPEN_FILES, FILES -> reader.lines(kind, file);
      case LIBRARIES -> reader.libraries(Json.LENIENT.readTree(file.toFile()));
      case THREADS -> reader.threads(Json.LENIENT.readTree(file.toFile()));
      case PROCESS -> reader.process("", Json.LENIENT.readTree(file.toFile()), 0);
    }
    return reader;
  }

  Things things() {
    return things;
  }

  /** Lines that could not be read. */
  long unreadable() {
    return unreadable;
  }

  private void lines(ThingKind kind, Path file) throws IOException {
    // a bodyfile has names of any bytes; the others are JSON
    Charset charset =
        kind == ThingKind.FILES ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
    // this constructor replaces malformed input, which a bad line must not turn into an exception
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(Files.newInputStream(file), charset))) {
      for (String line = next(lines); line != null; line = next(lines)) {
        if (line.isEmpty()) {
          continue;
        }
        if (!(kind == ThingKind.FILES ? file(line) : object(kind, line))) {
          unreadable++;
        }
      }
    }
  }

  /** Returns the next line, empty if it is too long; null at the end. */
  private @Nullable String next(BufferedReader lines) throws IOException {
    StringBuilder line = new StringBuilder();
    int read = lines.read();
    if (read < 0) {
      return null;
    }
    boolean tooLong = false;
    while (read >= 0 && read != '\n') {
      if (line.length() < LINE_MAX_CHARS) {
        line.append((char) read);
      } else {
        tooLong = true;
      }
      read = lines.read();
    }
    if (tooLong) {
      unreadable++;
      return "";
    }
    return line.toString();
  }

  private boolean object(ThingKind kind, String line) {
    JsonNode node;
    try {
      node = Json.LENIENT.readTree(line);
    } catch (IOException malformed) {
      return false;
    }
    if (node == null || !node.isObject()) {
      return false;
    }
    switch (kind) {
      case CLASSES -> things.add(className(text(node, "name")), classDetail(node));
      case REGISTRATIONS ->
          things.add(
              text(node, "kind")
                  + " "
                  + className(text(node, "className"))
                  + " "
                  + NUMBER.matcher(text(node, "target")).replaceAll("#"),
              text(node, "codeSource"));
      case SOCKETS -> socket(node);
      default -> openFile(node);
    }
    return true;
  }

  private static String classDetail(JsonNode node) {
    String sha256 = text(node, "sha256");
    return sha256.isEmpty() ? text(node, "codeSource") : sha256;
  }

  private static String className(String name) {
    return SERIAL.matcher(ADDRESS.matcher(name).replaceAll("")).replaceAll("#");
  }

  private void socket(JsonNode node) {
    String state = text(node, "state");
    if (state.equals("LISTEN")) {
      things.add(
          "listens on "
              + text(node, "localAddress")
              + " port "
              + text(node, "localPort")
              + " ("
              + text(node, "protocol")
              + ")",
          "");
    } else if (!text(node, "remotePort").equals("0")) {
      things.add(
          "connected with "
              + text(node, "remoteAddress")
              + " port "
              + text(node, "remotePort")
              + " ("
              + text(node, "protocol")
              + ")",
          "");
    }
  }

  private void openFile(JsonNode node) {
    if (text(node, "type").equals("file")) {
      things.add(text(node, "target"), text(node, "access"));
    }
  }

  /** A line of a bodyfile: MD5|name|inode|mode|UID|GID|size|atime|mtime|ctime|crtime. */
  private boolean file(String line) {
    String[] fields = line.split("\\|", -1);
    if (fields.length < BODYFILE_FIELDS) {
      return false;
    }
    // a name may contain the separator; the other fields cannot
    int more = fields.length - BODYFILE_FIELDS;
    StringBuilder name = new StringBuilder(fields[1]);
    for (int i = 2; i < 2 + more; i++) {
      name.append('|').append(fields[i]);
    }
    things.add(
        new String(name.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8),
        "mode "
            + fields[3 + more]
            + ", size "
            + fields[6 + more]
            + ", changed at "
            + fields[8 + more]);
    return true;
  }

  private void libraries(JsonNode document) {
    libraries(document.path("components"), 0);
  }

  private void libraries(JsonNode components, int depth) {
    if (depth > DEPTH_MAX) {
      return;
    }
    for (JsonNode each : components) {
      String group = text(each, "group");
      things.add(
          (group.isEmpty() ? "" : group + ":") + text(each, "name"),
          text(each, "version") + " " + sha256(each.path("hashes")));
      libraries(each.path("components"), depth + 1);
    }
  }

  private static String sha256(JsonNode hashes) {
    for (JsonNode hash : hashes) {
      if (text(hash, "alg").equals("SHA-256")) {
        return text(hash, "content");
      }
    }
    return "";
  }

  private void threads(JsonNode document) {
    for (JsonNode each : document.path("threads")) {
      things.add(NUMBER.matcher(text(each, "name")).replaceAll("#"), "");
    }
  }

  private void process(String path, JsonNode node, int depth) {
    if (depth > DEPTH_MAX) {
      return;
    }
    if (node.isObject()) {
      node.properties()
          .forEach(
              each ->
                  process(
                      path.isEmpty() ? each.getKey() : path + "." + each.getKey(),
                      each.getValue(),
                      depth + 1));
    } else if (node.isArray()) {
      for (JsonNode each : node) {
        if (each.isValueNode()) {
          things.add(path + ": " + each.asText(), "");
        } else {
          process(path, each, depth + 1);
        }
      }
    } else {
      things.add(path, node.asText());
    }
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asText("");
  }
}
