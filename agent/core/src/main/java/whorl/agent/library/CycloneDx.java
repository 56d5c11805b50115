package whorl.agent.library;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.library.LibraryEntry;
import whorl.evidence.library.LibraryKind;
import whorl.evidence.library.LoadedMarks;

/**
 * Writes an inventory as a bill of materials in the JSON of CycloneDX 1.6 (ECMA-424). What the
 * standard has no field for is in properties:
 *
 * <pre>
 *   whorl:complete   true, or false if jars are missing         (of the whole)
 *   whorl:problem    why; of a component: what is not known of it
 *   whorl:path       /app.jar!/BOOT-INF/lib/x.jar
 *   whorl:kind       jar, packed, module
 *   whorl:from       pom, manifest, module, file: what says name and version
 *   whorl:loaded     boot, platform, app, other: the loader of a class; no if none is loaded
 *   whorl:size       bytes
 *   whorl:agent      true if it is, or can be, a Java agent
 * </pre>
 *
 * <p>Jars within a jar, and libraries packed into it, are its components.
 */
final class CycloneDx {
  private final JsonGenerator json;

  CycloneDx(JsonGenerator json) {
    this.json = json;
  }

  /**
   * Writes the whole document.
   *
   * @param application the name of the application
   */
  void write(Inventory inventory, String application, String agentVersion, Instant time)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("bomFormat", "CycloneDX");
    json.writeStringField("specVersion", "1.6");
    json.writeNumberField("version", 1);
    json.writeObjectFieldStart("metadata");
    json.writeStringField("timestamp", time.toString());
    json.writeObjectFieldStart("tools");
    json.writeArrayFieldStart("components");
    json.writeStartObject();
    json.writeStringField("type", "application");
    json.writeStringField("name", "whorl-agent");
    json.writeStringField("version", agentVersion);
    json.writeEndObject();
    json.writeEndArray();
    json.writeEndObject();
    json.writeObjectFieldStart("component");
    json.writeStringField("type", "application");
    json.writeStringField("bom-ref", "application");
    json.writeStringField("name", application);
    json.writeEndObject();
    json.writeArrayFieldStart("properties");
    property("whorl:complete", Boolean.toString(inventory.complete()));
    property("whorl:problem", inventory.problem());
    json.writeEndArray();
    json.writeEndObject();
    json.writeArrayFieldStart("components");
    components(inventory);
    json.writeEndArray();
    json.writeEndObject();
  }

  /** Each component stays open while those within it follow. */
  private void components(Inventory inventory) throws IOException {
    Deque<Open> open = new ArrayDeque<>();
    List<LibraryEntry> entries = inventory.entries();
    for (int i = 0; i < entries.size(); i++) {
      LibraryEntry entry = entries.get(i);
      while (!open.isEmpty() && !open.getLast().contains(entry)) {
        close(open.removeLast());
      }
      Open around = open.peekLast();
      if (around != null && !around.nested) {
        json.writeArrayFieldStart("components");
        around.nested = true;
      }
      begin(entry, i, LoadedMarks.at(inventory.loaded(), i));
      open.addLast(new Open(entry));
    }
    while (!open.isEmpty()) {
      close(open.removeLast());
    }
  }

  /** A component that is not written to its end. */
  private static final class Open {
    final LibraryEntry entry;
    boolean nested;

    Open(LibraryEntry entry) {
      this.entry = entry;
    }

    boolean contains(LibraryEntry other) {
      return entry.kind() == LibraryKind.JAR
          && (other.path().startsWith(entry.path() + "!/")
              || other.kind() == LibraryKind.PACKED && other.path().equals(entry.path()));
    }
  }

  private void close(Open component) throws IOException {
    if (component.nested) {
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private void begin(LibraryEntry entry, int position, char mark) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "library");
    json.writeStringField("bom-ref", "library-" + position);
    if (entry.group() != null) {
      json.writeStringField("group", entry.group());
    }
    json.writeStringField("name", entry.name());
    if (entry.version() != null) {
      json.writeStringField("version", entry.version());
    }
    if (entry.sha256() != null) {
      json.writeArrayFieldStart("hashes");
      json.writeStartObject();
      json.writeStringField("alg", "SHA-256");
      json.writeStringField("content", entry.sha256().hex());
      json.writeEndObject();
      json.writeEndArray();
    }
    String purl = purl(entry);
    if (purl != null) {
      json.writeStringField("purl", purl);
    }
    json.writeArrayFieldStart("properties");
    property("whorl:path", entry.path());
    property("whorl:kind", entry.kind().word());
    property("whorl:from", entry.from().word());
    String loader = LoadedMarks.loader(mark);
    property("whorl:loaded", loader == null ? "no" : loader);
    if (entry.size() > 0) {
      property("whorl:size", Long.toString(entry.size()));
    }
    if (entry.agent()) {
      property("whorl:agent", "true");
    }
    property("whorl:problem", entry.problem());
    json.writeEndArray();
  }

  private void property(String name, @Nullable String value) throws IOException {
    if (value != null) {
      json.writeStartObject();
      json.writeStringField("name", name);
      json.writeStringField("value", value);
      json.writeEndObject();
    }
  }

  /** The package URL of something with Maven's coordinates; null for everything else. */
  static @Nullable String purl(LibraryEntry entry) {
    String group = entry.group();
    String version = entry.version();
    return group == null || version == null
        ? null
        : "pkg:maven/" + encoded(group) + "/" + encoded(entry.name()) + "@" + encoded(version);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A");
  }
}
