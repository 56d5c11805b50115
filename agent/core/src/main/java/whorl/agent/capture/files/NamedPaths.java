package whorl.agent.capture.files;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.evidence.Alert;

/**
 * Collects the paths that alerts and events name, as text, each once, bounded. An alert's paths are
 * all fields that are an absolute path or a {@code file:} URL, and the words of a command line.
 */
final class NamedPaths {
  static final int MAX = 200;

  /** Words of one command line that are examined. */
  private static final int WORDS_MAX = 64;

  private static final int CHARS_MAX = 4_096;

  /** Events whose texts are not file paths. */
  private static final Set<String> NON_FILE_EVENTS =
      Set.of("HttpRequest", "Registration", "JndiLookup", "DnsLookup", "ScriptEval", "Console");

  /** Events that load code or change a file; the content is wanted whenever it was written. */
  private static final Set<String> CODE_OR_WRITE_EVENTS =
      Set.of(
          "FileOpen",
          "FileRename",
          "FileMode",
          "ClassLoad",
          "ClassDefine",
          "LoaderCreate",
          "LibraryLoad",
          "NativeLibraryLoad",
          "AgentLoad",
          "JavaAgent",
          "NativeAgent");

  /** How an alert or event names a path. */
  enum Role {
    /** It provides code, or was written: its content is wanted. */
    WANTED,
    /** It was only read or checked for. */
    LOOKED_AT,
    /** The program of a command line; without a slash it is searched for in {@code PATH}. */
    PROGRAM,
    /** A word of a command line, which may not be a file. */
    WORD
  }

  /**
   * One path.
   *
   * @param folder the base of a relative path; null for the process's working directory
   */
  record Named(String path, Role role, @Nullable String folder) {}

  /** For one alert, so that a long list leaves room for other alerts. */
  private static final int MAX_PER_ALERT = 20;

  private final Map<String, Named> paths = new LinkedHashMap<>();

  private int max = MAX;

  private NamedPaths() {}

  /** Returns the paths that the alerts name, the first alert's first. */
  static List<Named> of(List<Alert> alerts) {
    NamedPaths namedPaths = new NamedPaths();
    for (Alert alert : alerts) {
      namedPaths.max = Math.min(MAX, namedPaths.paths.size() + MAX_PER_ALERT);
      namedPaths.add(alert.fields());
    }
    return List.copyOf(namedPaths.paths.values());
  }

  /**
   * Returns the recently written paths, the newest first.
   *
   * @param events oldest first
   */
  static List<Named> written(List<AgentEvent> events) {
    NamedPaths namedPaths = new NamedPaths();
    for (int i = events.size() - 1; i >= 0 && namedPaths.paths.size() < MAX; i--) {
      AgentEvent event = events.get(i);
      switch (event.type()) {
        case FILE_OPEN -> {
          if (event.value(1) instanceof String access
              && !access.equals("read")
              && !Boolean.TRUE.equals(event.value(3))) {
            namedPaths.add(event.value(4) == null ? event.value(0) : event.value(4), Role.WANTED);
          }
        }
        case FILE_RENAME ->
            namedPaths.add(event.value(3) == null ? event.value(1) : event.value(3), Role.WANTED);
        case FILE_MODE ->
            namedPaths.add(event.value(2) == null ? event.value(0) : event.value(2), Role.WANTED);
        default -> {
          // Does not write files.
        }
      }
    }
    return List.copyOf(namedPaths.paths.values());
  }

  private void add(Map<String, Object> fields) {
    String event = text(fields.get("event"));
    event = event.substring(event.lastIndexOf('.') + 1);
    if (NON_FILE_EVENTS.contains(event)) {
      return;
    }
    if (event.equals("ProcessStart")) {
      command(text(fields.get("command")), text(fields.get("directory")));
      return;
    }
    boolean read = event.equals("FileOpen") && "read".equals(fields.get("access"));
    Role role = CODE_OR_WRITE_EVENTS.contains(event) && !read ? Role.WANTED : Role.LOOKED_AT;
    for (Map.Entry<String, Object> field : fields.entrySet()) {
      String name = field.getKey();
      if (name.startsWith("request.") || name.startsWith("correlation.")) {
        continue;
      }
      if (field.getValue() instanceof List<?> values) {
        for (Object element : values) {
          add(element, role);
        }
      } else {
        add(field.getValue(), role);
      }
    }
  }

  private void command(String command, String directory) {
    String folder = directory.startsWith("/") ? directory : null;
    String[] words = command.strip().split("[\\s;|&<>'\"`()$=,]+", WORDS_MAX + 1);
    for (int i = 0; i < words.length && i < WORDS_MAX; i++) {
      boolean file = i == 0 || words[i].indexOf('/') >= 0 || words[i].indexOf('.') > 0;
      if (file && !words[i].isEmpty() && !words[i].startsWith("-")) {
        put(new Named(words[i], i == 0 ? Role.PROGRAM : Role.WORD, folder));
      }
    }
  }

  private void add(@Nullable Object value, Role role) {
    String path = value instanceof String text ? path(text) : null;
    if (path != null) {
      put(new Named(path, role, null));
    }
  }

  private void put(Named named) {
    if (named.path().length() > CHARS_MAX) {
      return;
    }
    Named before = paths.get(named.path());
    if (before == null ? paths.size() < max : before.role() == Role.LOOKED_AT) {
      paths.put(named.path(), named);
    }
  }

  /** Returns an absolute path, or the path of a {@code file:} URL; null for any other text. */
  static @Nullable String path(String text) {
    if (text.startsWith("/")) {
      return text;
    }
    String rest = text;
    boolean file = false;
    for (String scheme : List.of("jar:", "war:", "nested:", "file:")) {
      if (rest.regionMatches(true, 0, scheme, 0, scheme.length())) {
        file |= scheme.equals("file:") || scheme.equals("nested:");
        rest = rest.substring(scheme.length());
      }
    }
    if (!file) {
      return null;
    }
    int end = rest.indexOf("!/");
    int nested = rest.indexOf("/!");
    end = nested >= 0 && (end < 0 || nested < end) ? nested : end;
    rest = end < 0 ? rest : rest.substring(0, end);
    while (rest.startsWith("//")) {
      rest = rest.substring(1);
    }
    try {
      return rest.startsWith("/")
          ? URLDecoder.decode(rest.replace("+", "%2B"), StandardCharsets.UTF_8)
          : null;
    } catch (IllegalArgumentException notEncoded) {
      return rest;
    }
  }

  private static String text(@Nullable Object value) {
    return value instanceof String text ? text : "";
  }
}
