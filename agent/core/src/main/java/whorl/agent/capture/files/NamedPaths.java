package whorl.agent.capture.files;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.AgentEvent;
import whorl.evidence.Alert;

/**
 * The paths that alerts and events speak of, as text, each once, bounded. An alert's paths are
 * whatever among its fields is an absolute path or a {@code file:} URL, and the words of a command
 * line.
 */
final class NamedPaths {
  static final int MAX = 200;

  /** Words of one command line that are looked at. */
  private static final int WORDS_MAX = 64;

  private static final int CHARS_MAX = 4_096;

  /** Events whose texts name things of other kinds. */
  private static final Set<String> WITHOUT_FILES =
      Set.of("HttpRequest", "Registration", "JndiLookup", "DnsLookup", "ScriptEval", "Console");

  /** Events that bring code or change a file, whose content is wanted whenever it was written. */
  private static final Set<String> BRINGING =
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
    /** It brings code, or was written: its content is wanted. */
    WANTED,
    /** It was read or looked for. */
    LOOKED_AT,
    /** The program of a command line; without a slash it is searched for in the path. */
    PROGRAM,
    /** A word of a command line, which may be no file at all. */
    WORD
  }

  /**
   * One path.
   *
   * @param folder what a relative one is relative to; null for the process's own
   */
  record Named(String path, Role role, @Nullable String folder) {}

  /** Of one alert, so that one with a long list leaves room for the others. */
  private static final int MAX_OF_ONE = 20;

  private final Map<String, Named> paths = new LinkedHashMap<>();

  private int max = MAX;

  private NamedPaths() {}

  /** What the alerts speak of, the first alert's first. */
  static List<Named> of(List<Alert> alerts) {
    NamedPaths all = new NamedPaths();
    for (Alert alert : alerts) {
      all.max = Math.min(MAX, all.paths.size() + MAX_OF_ONE);
      all.add(alert.fields());
    }
    return List.copyOf(all.paths.values());
  }

  /**
   * What was written lately, the newest first.
   *
   * @param events oldest first
   */
  static List<Named> written(List<AgentEvent> events) {
    NamedPaths all = new NamedPaths();
    for (int i = events.size() - 1; i >= 0 && all.paths.size() < MAX; i--) {
      AgentEvent event = events.get(i);
      switch (event.type()) {
        case FILE_OPEN -> {
          if (event.value(1) instanceof String access
              && !access.equals("read")
              && !Boolean.TRUE.equals(event.value(3))) {
            all.add(event.value(4) == null ? event.value(0) : event.value(4), Role.WANTED);
          }
        }
        case FILE_RENAME ->
            all.add(event.value(3) == null ? event.value(1) : event.value(3), Role.WANTED);
        case FILE_MODE ->
            all.add(event.value(2) == null ? event.value(0) : event.value(2), Role.WANTED);
        default -> {
          // It writes nothing.
        }
      }
    }
    return List.copyOf(all.paths.values());
  }

  private void add(Map<String, Object> fields) {
    String event = text(fields.get("event"));
    event = event.substring(event.lastIndexOf('.') + 1);
    if (WITHOUT_FILES.contains(event)) {
      return;
    }
    if (event.equals("ProcessStart")) {
      command(text(fields.get("command")), text(fields.get("directory")));
      return;
    }
    boolean read = event.equals("FileOpen") && "read".equals(fields.get("access"));
    Role role = BRINGING.contains(event) && !read ? Role.WANTED : Role.LOOKED_AT;
    for (Map.Entry<String, Object> field : fields.entrySet()) {
      String name = field.getKey();
      if (name.startsWith("request.") || name.startsWith("correlation.")) {
        continue;
      }
      if (field.getValue() instanceof List<?> many) {
        for (Object one : many) {
          add(one, role);
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

  /** An absolute path, or where a {@code file:} URL points; null for any other text. */
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
