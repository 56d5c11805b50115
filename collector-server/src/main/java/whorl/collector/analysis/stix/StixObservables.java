package whorl.collector.analysis.stix;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Subject;
import whorl.collector.analysis.kinds.Command;
import whorl.collector.analysis.rows.Addresses;

/**
 * Converts subjects of findings to STIX cyber observables and to patterns that find them elsewhere.
 * Subjects that are not valid in STIX, such as a host name with a space, are left out.
 */
final class StixObservables {
  private static final Pattern HOST_NAME =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+",
          Pattern.CASE_INSENSITIVE);

  private StixObservables() {}

  /**
   * A subject as STIX objects.
   *
   * @param objects the object itself, last, after the objects that it refers to
   * @param pattern null if the subject is not specific enough to search for
   * @param name the name of the indicator
   */
  record Observable(
      Map<String, Map<String, Object>> objects, @Nullable String pattern, String name) {}

  /** Converts a subject. Returns null if STIX has no object for it. */
  static @Nullable Observable of(Subject subject, Finding finding) {
    String value = subject.value();
    return switch (subject.kind()) {
      case ADDRESS -> address(value);
      case HOST -> host(value);
      case HASH -> hash(value, finding);
      case FILE -> file(value, finding);
      case PROCESS -> process(value);
      default -> null;
    };
  }

  private static @Nullable Observable address(String value) {
    String address = Addresses.canonical(value);
    if (address == null) {
      return null;
    }
    String type = Addresses.isV4(address) ? "ipv4-addr" : "ipv6-addr";
    return valueObject(type, address, Addresses.isLoopback(address), "Address " + address);
  }

  private static @Nullable Observable host(String value) {
    Observable address = address(value);
    if (address != null) {
      return address;
    }
    if (HOST_NAME.matcher(value).matches()) {
      String name = value.toLowerCase(Locale.ROOT);
      return valueObject("domain-name", name, false, "Host " + name);
    }
    try {
      URI uri = new URI(value);
      boolean isUrl =
          uri.isAbsolute() && uri.getRawAuthority() != null && value.equals(uri.toASCIIString());
      return isUrl ? valueObject("url", value, false, "URL " + value) : null;
    } catch (URISyntaxException invalid) {
      return null;
    }
  }

  private static Observable valueObject(String type, String value, boolean common, String name) {
    String id = StixIds.observable(type, "{\"value\":" + StixIds.quoted(value) + "}");
    Map<String, Object> object = object(type, id);
    object.put("value", value);
    return new Observable(
        Map.of(id, object), common ? null : "[" + type + ":value = " + literal(value) + "]", name);
  }

  private static Observable hash(String sha256, Finding finding) {
    String name =
        finding.subjects().stream()
            .filter(
                named -> named.kind() == Subject.Kind.CLASS || named.kind() == Subject.Kind.FILE)
            .map(named -> fileName(named))
            .findFirst()
            .orElse(null);
    String id =
        StixIds.observable(
            "file",
            "{\"hashes\":{\"SHA-256\":"
                + StixIds.quoted(sha256)
                + "}"
                + (name == null ? "" : ",\"name\":" + StixIds.quoted(name))
                + "}");
    Map<String, Object> object = object("file", id);
    object.put("hashes", Map.of("SHA-256", sha256));
    if (name != null) {
      object.put("name", name);
    }
    return new Observable(
        Map.of(id, object),
        "[file:hashes.'SHA-256' = " + literal(sha256) + "]",
        "File " + (name == null ? sha256 : name));
  }

  private static @Nullable Observable file(String path, Finding finding) {
    int slash = path.lastIndexOf('/');
    String name = path.substring(slash + 1);
    if (name.isEmpty()) {
      return null;
    }
    Map<String, Map<String, Object>> objects = new LinkedHashMap<>();
    String parent = slash < 0 ? null : slash == 0 ? "/" : path.substring(0, slash);
    String parentId = null;
    if (parent != null) {
      parentId = StixIds.observable("directory", "{\"path\":" + StixIds.quoted(parent) + "}");
      Map<String, Object> directory = object("directory", parentId);
      directory.put("path", parent);
      objects.put(parentId, directory);
    }
    String id =
        StixIds.observable(
            "file",
            "{\"name\":"
                + StixIds.quoted(name)
                + (parentId == null ? "" : ",\"parent_directory_ref\":" + StixIds.quoted(parentId))
                + "}");
    Map<String, Object> object = object("file", id);
    object.put("name", name);
    if (parentId != null) {
      object.put("parent_directory_ref", parentId);
    }
    objects.put(id, object);
    // files that were read exist everywhere; only written files are specific
    boolean written = finding.analysis().equals("files-written");
    String pattern =
        !written
            ? null
            : parent == null
                ? "[file:name = " + literal(name) + "]"
                : "[file:name = "
                    + literal(name)
                    + " AND file:parent_directory_ref.path = "
                    + literal(parent)
                    + "]";
    return new Observable(objects, pattern, "File " + path);
  }

  private static Observable process(String commandLine) {
    String id = StixIds.arbitrary("process", commandLine);
    Map<String, Object> object = object("process", id);
    object.put("command_line", commandLine);
    String pattern =
        Command.of(commandLine) == Command.REVERSE_SHELL
            ? "[process:command_line = " + literal(commandLine) + "]"
            : null;
    return new Observable(Map.of(id, object), pattern, "Command line " + commandLine);
  }

  private static String fileName(Subject subject) {
    return subject.kind() == Subject.Kind.CLASS
        ? subject.value().substring(subject.value().lastIndexOf('.') + 1) + ".class"
        : subject.value().substring(subject.value().lastIndexOf('/') + 1);
  }

  private static Map<String, Object> object(String type, String id) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("type", type);
    object.put("spec_version", "2.1");
    object.put("id", id);
    return object;
  }

  /** Returns a string literal for a STIX pattern. */
  static String literal(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
