package whorl.agent.recording;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.event.EventType;

/**
 * Starts JFR itself. Without JMX, the folder, chunk size and buffer size can be set only through
 * JFR's own classes ({@code jdk.jfr.internal.Repository} and {@code Options}), and only before its
 * first use.
 *
 * <p>All of it happens on one thread, in this order: FlightRecorder, {@code
 * jdk.jfr.events.Handlers} if it exists, then the agent's event types. Handlers after the agent's
 * types is the deadlock of JDK-8371889. Handlers before FlightRecorder leaves every handler null on
 * 17, and the next {@code new Error()} of the application overflows its stack.
 */
final class FlightRecorderStart {
  private static final String INTERNAL = "jdk.jfr.internal";
  private static final String SETTINGS = "whorl/recording.properties";

  /** JFR's own default. Only their number is set. */
  private static final long GLOBAL_BUFFER_BYTES = 512 << 10;

  /** HotSpot's limit. */
  private static final int MAX_STACK_DEPTH = 2048;

  /** As {@code jdk.jfr.internal.LogLevel} numbers them. */
  private static final int LOG_WARNINGS = 4;

  private static final int LOG_NOTHING = 100;
  private static final Logger LOG = LoggerFactory.getLogger(FlightRecorderStart.class);

  private FlightRecorderStart() {}

  /**
   * Prepares JFR to keep its repository in {@code room.folder()}, and initialises it. If JFR is
   * already started, its configuration stays unchanged.
   *
   * @param deepestStacks true if stacks have as many frames as JFR allows, and not JFR's 64
   * @return the folder that JFR writes to, whose free space must be watched
   */
  static Path prepare(Instrumentation instrumentation, RecordingRoom room, boolean deepestStacks)
      throws IOException {
    try {
      open(instrumentation);
      boolean startedBefore = FlightRecorder.isInitialized();
      if (!startedBefore) {
        options("setMaxChunkSize", room.chunkBytes());
        options("setMemorySize", room.bufferBytes());
        options("setGlobalBufferCount", room.bufferBytes() / GLOBAL_BUFFER_BYTES);
        if (deepestStacks) {
          Class.forName(INTERNAL + ".Options")
              .getMethod("setStackDepth", Integer.class)
              .invoke(null, MAX_STACK_DEPTH);
        }
        repository(room.folder());
        silenceLog();
      }
      FlightRecorder.getFlightRecorder();
      initialiseHandlers();
      Path chosen = startedBefore ? repository() : null;
      return chosen == null ? room.folder() : chosen;
    } catch (InvocationTargetException e) {
      throw new IOException("JFR refuses " + room.folder() + ": " + e.getCause(), e);
    } catch (ReflectiveOperationException e) {
      throw new IOException("this JDK's JFR is not known: " + e, e);
    }
  }

  /**
   * Returns the settings profile, with JFR's own keys: the file's settings of the JDK's events, and
   * for the agent's own events those that {@link EventType} states.
   */
  static Map<String, String> settings() throws IOException {
    Properties properties = new Properties();
    try (InputStream in =
        FlightRecorderStart.class.getClassLoader().getResourceAsStream(SETTINGS)) {
      if (in == null) {
        throw new IOException("the agent's jar lacks " + SETTINGS);
      }
      properties.load(in);
    }
    Map<String, String> settings = new HashMap<>();
    for (String key : properties.stringPropertyNames()) {
      settings.put(key, properties.getProperty(key));
    }
    for (EventType type : EventType.values()) {
      if (type.isRecorded()) {
        settings.put(type.jfrName() + "#enabled", "true");
        if (!type.hasStack()) {
          settings.put(type.jfrName() + "#stackTrace", "false");
        }
      }
    }
    return settings;
  }

  private static void initialiseHandlers() throws ClassNotFoundException {
    if (FlightRecorder.class.getResource("/jdk/jfr/events/Handlers.class") != null) {
      Class.forName("jdk.jfr.events.Handlers", true, null);
    }
  }

  private static void open(Instrumentation instrumentation) {
    instrumentation.redefineModule(
        FlightRecorder.class.getModule(),
        Set.of(),
        Map.of(),
        Map.of(INTERNAL, Set.of(FlightRecorderStart.class.getModule())),
        Set.of(),
        Map.of());
  }

  /**
   * Sets the log of JFR's Java code to silent. JFR prints to the application's standard output when
   * a task of its own runs out of memory, and when the JVM ends while JFR starts ("Could not add
   * instrumentation for JDK events … WRONG_PHASE"). So this happens before JFR starts. A log level
   * raised on the command line stays unchanged. JFR's native code may still print.
   */
  private static void silenceLog() {
    try {
      // Reads the levels from the JVM once: a later initialisation would overwrite the agent's.
      Class.forName(INTERNAL + ".JVM");
      Class<?> type = Class.forName(INTERNAL + ".LogTag");
      Field level = type.getDeclaredField("tagSetLevel");
      level.setAccessible(true);
      for (Object tag : type.getEnumConstants()) {
        if (level.getInt(tag) >= LOG_WARNINGS) {
          level.setInt(tag, LOG_NOTHING);
        }
      }
    } catch (ReflectiveOperationException | RuntimeException unsupported) {
      LOG.warn("JFR's log may show in the application's output: {}", unsupported.toString());
    }
  }

  private static void options(String setter, long value) throws ReflectiveOperationException {
    Class.forName(INTERNAL + ".Options").getMethod(setter, long.class).invoke(null, value);
  }

  /** Returns the folder of JFR's chunks; null before the first one. */
  static @Nullable Path repository() throws ReflectiveOperationException {
    Class<?> type = Class.forName(INTERNAL + ".Repository");
    Object repository = type.getMethod("getRepository").invoke(null);
    Object path = type.getMethod("getRepositoryPath").invoke(repository);
    return path == null ? null : Path.of(path.toString());
  }

  /** {@code setBasePath} takes a SafePath on 17 and 21, a Path on 25. */
  private static void repository(Path folder) throws ReflectiveOperationException {
    Class<?> type = Class.forName(INTERNAL + ".Repository");
    Object repository = type.getMethod("getRepository").invoke(null);
    for (Method method : type.getMethods()) {
      if (method.getName().equals("setBasePath")) {
        Class<?> parameter = method.getParameterTypes()[0];
        Object path =
            parameter == Path.class
                ? folder
                : parameter.getConstructor(Path.class).newInstance(folder);
        method.invoke(repository, path);
        return;
      }
    }
    throw new NoSuchMethodException("Repository.setBasePath");
  }
}
