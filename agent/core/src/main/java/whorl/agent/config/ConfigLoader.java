package whorl.agent.config;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings, strongest source first: agent arguments, system properties, environment, the
 * properties file of {@code whorl.config}, defaults. A value that cannot be read becomes a problem
 * and its default holds: a typo never stops an application. What is no text for an age recipient is
 * found by whoever encrypts, who has no default to offer.
 */
public final class ConfigLoader {
  private static final Set<String> HOOKS =
      Set.of(
          "file",
          "socket",
          "dns",
          "process",
          "class",
          "library",
          "http",
          "jndi",
          "deserialization",
          "xml",
          "script",
          "registration",
          "console");

  private final Map<Setting, String> texts = new EnumMap<>(Setting.class);
  private final List<String> problems = new ArrayList<>();

  private ConfigLoader() {}

  /**
   * @param arguments what follows {@code -javaagent:whorl-agent.jar=}; null for nothing
   * @param property reads a system property, {@code variable} an environment variable; null where
   *     absent
   */
  public static AgentConfig load(
      @Nullable String arguments,
      Function<String, @Nullable String> property,
      Function<String, @Nullable String> variable) {
    ConfigLoader loader = new ConfigLoader();
    Map<String, String> given = loader.arguments(arguments);
    String file =
        first(given.get("config"), property.apply("whorl.config"), variable.apply("WHORL_CONFIG"));
    Properties fromFile = loader.file(file);
    for (Setting setting : Setting.values()) {
      String text =
          first(
              given.get(setting.key()),
              property.apply(setting.property()),
              variable.apply(setting.variable()),
              fromFile.getProperty(setting.key()));
      if (text != null && !text.isBlank()) {
        loader.texts.put(setting, text.strip());
      }
    }
    return loader.config();
  }

  private AgentConfig config() {
    return new AgentConfig(
        read(Setting.ENABLED, ConfigLoader::bool),
        read(Setting.START_PATIENCE, Units::duration),
        new AgentConfig.Collector(
            readOrNull(Setting.COLLECTOR_URL, ConfigLoader::url),
            readOrNull(Setting.COLLECTOR_TOKEN, Secret::new),
            readOrNull(Setting.COLLECTOR_TOKEN_FILE, ConfigLoader::path),
            readOrNull(Setting.COLLECTOR_CA, ConfigLoader::path),
            readOrNull(Setting.COLLECTOR_CLIENT_CERT, ConfigLoader::path),
            readOrNull(Setting.COLLECTOR_CLIENT_KEY, ConfigLoader::path)),
        readOrNull(Setting.EVIDENCE_DIR, ConfigLoader::path),
        new AgentConfig.Service(
            texts.get(Setting.SERVICE_NAME),
            texts.get(Setting.SERVICE_NAMESPACE),
            read(Setting.SERVICE_LABELS, ConfigLoader::labels)),
        new AgentConfig.Recording(
            read(Setting.RECORDING_MAX_AGE, Units::duration),
            read(Setting.RECORDING_MAX_SIZE, Units::bytes),
            readOrNull(Setting.RECORDING_DIR, ConfigLoader::path)),
        read(Setting.HOOKS_DISABLED, ConfigLoader::hooks),
        new AgentConfig.Rules(
            read(Setting.RULES_PATH, ConfigLoader::paths),
            read(Setting.RULES_DISABLED, ConfigLoader::words)),
        new AgentConfig.Capture(
            read(Setting.CAPTURE_AFTER, Units::duration),
            read(Setting.CAPTURE_COOLDOWN, Units::duration),
            read(Setting.CAPTURE_MAX_PER_HOUR, ConfigLoader::count),
            read(Setting.CAPTURE_ON_EXIT, oneOf(AgentConfig.OnExit.values())),
            read(Setting.CAPTURE_ON_EXIT_LIMIT, Units::duration)),
        new AgentConfig.Heap(
            read(Setting.HEAP, oneOf(AgentConfig.HeapMode.values())),
            read(Setting.HEAP_CONTENT, oneOf(AgentConfig.HeapContent.values())),
            read(Setting.HEAP_PAUSE_LIMIT, Units::duration)),
        texts.get(Setting.EVIDENCE_RECIPIENT),
        read(Setting.REDACT_KEYS, ConfigLoader::words),
        List.copyOf(problems));
  }

  private <T> T read(Setting setting, Function<String, T> reader) {
    T value = readOrNull(setting, reader);
    if (value != null) {
      return value;
    }
    String byDefault = setting.byDefault();
    if (byDefault == null) {
      throw new IllegalStateException(setting.key() + " has no default");
    }
    return reader.apply(byDefault);
  }

  private <T> @Nullable T readOrNull(Setting setting, Function<String, T> reader) {
    String text = texts.get(setting);
    if (text == null) {
      return null;
    }
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException e) {
      String shown = setting == Setting.COLLECTOR_TOKEN ? "***" : text;
      String byDefault = setting.byDefault();
      problems.add(
          setting.key()
              + "="
              + shown
              + " ("
              + e.getMessage()
              + "; "
              + (byDefault == null ? "left out" : "using " + byDefault)
              + ")");
      return null;
    }
  }

  private Map<String, String> arguments(@Nullable String arguments) {
    Map<String, String> given = new HashMap<>();
    if (arguments == null || arguments.isBlank()) {
      return given;
    }
    String last = null;
    for (String part : arguments.split(",")) {
      int equals = part.indexOf('=');
      String key = equals < 0 ? "" : part.substring(0, equals).strip();
      if (Setting.of(key) != null || key.equals("config")) {
        given.put(key, part.substring(equals + 1));
        last = key;
      } else if (last != null) {
        // A comma within a list, as in hooks.disabled=file,socket.
        given.merge(last, part, (before, more) -> before + "," + more);
      } else {
        problems.add("agent argument " + part + " (no such setting; left out)");
      }
    }
    return given;
  }

  private Properties file(@Nullable String name) {
    Properties properties = new Properties();
    if (name == null || name.isBlank()) {
      return properties;
    }
    try (Reader reader = Files.newBufferedReader(Path.of(name))) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      problems.add("config=" + name + " (cannot be read: " + e.getMessage() + "; left out)");
    }
    for (String key : properties.stringPropertyNames()) {
      if (Setting.of(key) == null) {
        problems.add(key + " in " + name + " (no such setting; left out)");
      }
    }
    return properties;
  }

  private static @Nullable String first(@Nullable String... texts) {
    for (String text : texts) {
      if (text != null && !text.isBlank()) {
        return text;
      }
    }
    return null;
  }

  private static Boolean bool(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "1", "yes", "on" -> true;
      case "false", "0", "no", "off" -> false;
      default -> throw new IllegalArgumentException("true or false");
    };
  }

  private static Integer count(String text) {
    try {
      int count = Integer.parseInt(text);
      if (count >= 0) {
        return count;
      }
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException("a whole number", notANumber);
    }
    throw new IllegalArgumentException("not negative");
  }

  private static URI url(String text) {
    try {
      URI url = new URI(text);
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (http && url.getHost() != null) {
        return url;
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("an http or https URL", e);
    }
    throw new IllegalArgumentException("an http or https URL");
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("a path", e);
    }
  }

  private static List<Path> paths(String text) {
    return words(text).stream().map(ConfigLoader::path).toList();
  }

  private static Set<String> words(String text) {
    Set<String> words = new LinkedHashSet<>();
    for (String word : text.split(",")) {
      if (!word.isBlank()) {
        words.add(word.strip());
      }
    }
    return words;
  }

  private static Set<String> hooks(String text) {
    Set<String> words = words(text);
    for (String word : words) {
      if (!HOOKS.contains(word)) {
        throw new IllegalArgumentException("no such hook: " + word);
      }
    }
    return words;
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (String pair : words(text)) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("k=v pairs");
      }
      labels.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
    }
    return labels;
  }

  private static <E extends Enum<E>> Function<String, E> oneOf(E[] values) {
    UnaryOperator<String> word = name -> name.toLowerCase(Locale.ROOT).replace('_', '-');
    return text -> {
      List<String> words = new ArrayList<>();
      for (E value : values) {
        if (word.apply(value.name()).equals(word.apply(text))) {
          return value;
        }
        words.add(word.apply(value.name()));
      }
      throw new IllegalArgumentException("one of " + String.join(", ", words));
    };
  }
}
