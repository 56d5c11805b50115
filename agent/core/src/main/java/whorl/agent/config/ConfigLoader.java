package whorl.agent.config;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings, strongest source first: agent arguments, system properties, environment, the
 * properties file of {@code whorl.config}, defaults. A value that cannot be read becomes a problem
 * and its default applies; of a list only the invalid element is left out. A typo never stops an
 * application. The encryption checks the age recipient, which has no default.
 */
public final class ConfigLoader {
  private final Map<Setting, String> texts = new EnumMap<>(Setting.class);
  private final List<String> problems = new ArrayList<>();

  private ConfigLoader() {}

  /**
   * @param arguments the text after {@code -javaagent:whorl-agent.jar=}; null for none
   * @param property reads a system property, {@code variable} an environment variable; null if
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
        read(Setting.ENABLED),
        read(Setting.START_PATIENCE),
        new AgentConfig.Collector(
            readOrNull(Setting.COLLECTOR_URL),
            readOrNull(Setting.COLLECTOR_TOKEN),
            readOrNull(Setting.COLLECTOR_TOKEN_FILE),
            readOrNull(Setting.COLLECTOR_CA),
            readOrNull(Setting.COLLECTOR_CLIENT_CERT),
            readOrNull(Setting.COLLECTOR_CLIENT_KEY)),
        readOrNull(Setting.EVIDENCE_DIR),
        read(Setting.SPOOL_MAX_SIZE),
        new AgentConfig.Service(
            readOrNull(Setting.SERVICE_NAME),
            readOrNull(Setting.SERVICE_NAMESPACE),
            read(Setting.SERVICE_LABELS)),
        new AgentConfig.Recording(
            read(Setting.RECORDING_MAX_AGE),
            read(Setting.RECORDING_MAX_SIZE),
            readOrNull(Setting.RECORDING_DIR)),
        read(Setting.HOOKS_DISABLED),
        new AgentConfig.Rules(read(Setting.RULES_PATH), read(Setting.RULES_DISABLED)),
        new AgentConfig.Capture(
            read(Setting.CAPTURE_AFTER),
            read(Setting.CAPTURE_COOLDOWN),
            read(Setting.CAPTURE_MAX_PER_HOUR),
            read(Setting.CAPTURE_THRESHOLDS),
            read(Setting.CAPTURE_ON_EXIT),
            read(Setting.CAPTURE_ON_EXIT_LIMIT)),
        new AgentConfig.Heap(
            read(Setting.HEAP), read(Setting.HEAP_CONTENT), read(Setting.HEAP_PAUSE_LIMIT)),
        read(Setting.PROBES),
        readOrNull(Setting.EVIDENCE_RECIPIENT),
        read(Setting.REDACT_KEYS),
        List.copyOf(problems));
  }

  /**
   * Parses the text of a setting. A switch instead of a function per setting: so many functions
   * would take a tenth of the time that the agent adds to the application's start.
   */
  private Object value(Setting setting, String text) {
    return switch (setting) {
      case ENABLED -> bool(text);
      case RECORDING_MAX_AGE -> aboveZero(Units.duration(text));
      case START_PATIENCE,
          CAPTURE_AFTER,
          CAPTURE_COOLDOWN,
          CAPTURE_ON_EXIT_LIMIT,
          HEAP_PAUSE_LIMIT ->
          Units.duration(text);
      case RECORDING_MAX_SIZE, SPOOL_MAX_SIZE -> aboveZero(Units.bytes(text));
      case COLLECTOR_URL -> url(text);
      case COLLECTOR_TOKEN -> new Secret(text);
      case COLLECTOR_TOKEN_FILE,
          COLLECTOR_CA,
          COLLECTOR_CLIENT_CERT,
          COLLECTOR_CLIENT_KEY,
          EVIDENCE_DIR,
          RECORDING_DIR ->
          path(text);
      case SERVICE_NAME, SERVICE_NAMESPACE, EVIDENCE_RECIPIENT -> text;
      case SERVICE_LABELS -> elements(setting).labels(text);
      case CAPTURE_THRESHOLDS -> elements(setting).thresholds(text);
      case HOOKS_DISABLED -> elements(setting).hooks(text);
      case RULES_PATH -> elements(setting).paths(text);
      case RULES_DISABLED, REDACT_KEYS -> elements(setting).words(text);
      case CAPTURE_MAX_PER_HOUR -> count(text);
      case CAPTURE_ON_EXIT -> oneOf(AgentConfig.OnExit.values(), text);
      case HEAP -> oneOf(AgentConfig.HeapMode.values(), text);
      case PROBES -> oneOf(AgentConfig.Probes.values(), text);
      case HEAP_CONTENT -> oneOf(AgentConfig.HeapContent.values(), text);
    };
  }

  private <T> T read(Setting setting) {
    T value = readOrNull(setting);
    if (value != null) {
      return value;
    }
    String byDefault = setting.byDefault();
    if (byDefault == null) {
      throw new IllegalStateException(setting.key() + " has no default");
    }
    return typed(value(setting, byDefault));
  }

  private <T> @Nullable T readOrNull(Setting setting) {
    String text = texts.get(setting);
    if (text == null) {
      return null;
    }
    try {
      return typed(value(setting, text));
    } catch (IllegalArgumentException e) {
      String shown = setting == Setting.COLLECTOR_TOKEN ? "***" : SettingProblem.value(text);
      String byDefault = setting.byDefault();
      String instead = byDefault == null ? "left out" : "using ".concat(byDefault);
      problems.add(
          SettingProblem.problem(setting.key(), shown, String.valueOf(e.getMessage()), instead));
      return null;
    }
  }

  /** Casts to the type of the setting in {@link AgentConfig}. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T> T typed(Object value) {
    return (T) value;
  }

  private Map<String, String> arguments(@Nullable String arguments) {
    Map<String, String> given = new HashMap<>();
    if (arguments == null || arguments.isBlank()) {
      return given;
    }
    Setting last = null;
    for (String part : arguments.split(",")) {
      int equals = part.indexOf('=');
      String key = equals < 0 ? "" : part.substring(0, equals).strip();
      Setting setting = Setting.of(key);
      if (setting != null || key.equals("config")) {
        given.put(key, part.substring(equals + 1));
        last = setting;
      } else if (last != null && (last.isList() || equals < 0)) {
        // A comma within a value, as in hooks.disabled=file,socket.
        String before = given.get(last.key());
        given.put(last.key(), (before == null ? "" : before).concat(",").concat(part));
      } else if (!part.isBlank()) {
        String name = SettingProblem.name(part);
        problems.add("agent argument ".concat(name).concat(" (no such setting; left out)"));
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
      problems.add(
          SettingProblem.problem(
              "config", SettingProblem.value(name), "cannot be read: " + e, "left out"));
    }
    for (String key : properties.stringPropertyNames()) {
      if (Setting.of(key) == null) {
        problems.add(
            SettingProblem.name(key)
                + " in "
                + SettingProblem.value(name)
                + " (no such setting; left out)");
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

  /** For JFR a size of 0 means no limit, and an age of 0 keeps nothing from before an alert. */
  private static Duration aboveZero(Duration span) {
    if (span.isZero()) {
      throw new IllegalArgumentException("more than 0");
    }
    return span;
  }

  private static Long aboveZero(Long bytes) {
    if (bytes == 0) {
      throw new IllegalArgumentException("more than 0");
    }
    return bytes;
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

  private ListElements elements(Setting setting) {
    return new ListElements(setting.key(), problems);
  }

  private static <E extends Enum<E>> E oneOf(E[] values, String text) {
    List<String> words = new ArrayList<>();
    for (E value : values) {
      String word = word(value.name());
      if (word.equals(word(text))) {
        return value;
      }
      words.add(word);
    }
    throw new IllegalArgumentException("one of " + String.join(", ", words));
  }

  private static String word(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
