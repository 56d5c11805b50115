package whorl.collector.log;

import java.util.Locale;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the log is written to standard error. */
public enum LogFormat {
  /** Lines for people. */
  TEXT,
  /** One JSON object per line, for log systems. */
  JSON;

  private static final String DEFAULT_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

  /**
   * Has all loggers of this process write in this format. Must be called before the first logger is
   * made; SLF4J decides then.
   */
  public void use() {
    if (this == JSON) {
      // else SLF4J prints a line of its own that is no JSON
      System.setProperty("slf4j.internal.verbosity", "WARN");
      System.setProperty(LoggerFactory.PROVIDER_PROPERTY_KEY, JsonLogProvider.class.getName());
      LogManager.getLogManager().reset();
      java.util.logging.Logger.getLogger("").addHandler(new PlatformLogs());
      Thread.setDefaultUncaughtExceptionHandler(
          (thread, failure) ->
              log("whorl.collector").error("{} has ended", thread.getName(), failure));
    }
  }

  /**
   * Has a command that serves for a while write warnings only, unless another level was chosen.
   * Must be called before the first logger is made.
   */
  public static void warningsOnly() {
    if (System.getProperty(DEFAULT_LEVEL) == null) {
      System.setProperty(DEFAULT_LEVEL, "warn");
    }
  }

  private static Logger log(String name) {
    return LoggerFactory.getLogger(name);
  }

  /** Returns the format of this name, or null. */
  public static @Nullable LogFormat of(String name) {
    for (LogFormat format : values()) {
      if (format.name().toLowerCase(Locale.ROOT).equals(name)) {
        return format;
      }
    }
    return null;
  }
}
