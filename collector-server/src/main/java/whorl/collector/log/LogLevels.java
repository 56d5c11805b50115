package whorl.collector.log;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * The level of each logger, from the same properties as in text: {@code simplelogger.properties},
 * and system properties of the same names, which are stronger.
 */
final class LogLevels {
  private static final String PREFIX = "org.slf4j.simpleLogger.";

  private final Properties file;

  LogLevels(Properties file) {
    this.file = file;
  }

  static LogLevels configured() {
    Properties file = new Properties();
    try (InputStream in = LogLevels.class.getResourceAsStream("/simplelogger.properties")) {
      if (in != null) {
        file.load(in);
      }
    } catch (IOException unreadable) {
      return new LogLevels(new Properties()); // the level is INFO then
    }
    return new LogLevels(file);
  }

  /** The least level that the logger of this name writes. */
  Level of(String logger) {
    String name = logger;
    while (!name.isEmpty()) {
      Level level = level(property("log." + name));
      if (level != null) {
        return level;
      }
      name = name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }
    Level level = level(property("defaultLogLevel"));
    return level == null ? Level.INFO : level;
  }

  private @Nullable String property(String name) {
    String system = System.getProperty(PREFIX + name);
    return system != null ? system : file.getProperty(PREFIX + name);
  }

  private static @Nullable Level level(@Nullable String text) {
    for (Level level : Level.values()) {
      if (text != null && level.name().equals(text.strip().toUpperCase(Locale.ROOT))) {
        return level;
      }
    }
    return null;
  }
}
