package whorl.boot;

import java.io.File;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.nio.file.StandardOpenOption;
import java.security.CodeSource;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The agent's entry point for the JVM. No failure here or in the code behind it may stop the
 * application: any throwable becomes one line on standard error.
 */
public final class Agent {
  private static final int OLDEST_JAVA = 17;
  private static final String STARTER = "whorl.agent.AgentStarter";
  private static final String LATE_STARTER = "whorl.agent.LateStarter";
  private static final String NOT_STARTED = "not started: ";
  private static final String ANSWER = "attach.answer=";

  /** True while the agent starts or runs in this JVM. Guarded by the class. */
  private static boolean begun;

  private Agent() {}

  /** Called by the JVM before {@code main}. */
  public static void premain(@Nullable String arguments, Instrumentation instrumentation) {
    String line = start(STARTER, arguments, instrumentation);
    if (line != null) {
      print(line);
    }
  }

  /**
   * Called by the JVM when the agent is loaded into a running process. The command {@code attach}
   * names a file for the answer.
   */
  public static void agentmain(@Nullable String arguments, Instrumentation instrumentation) {
    String line = start(LATE_STARTER, arguments, instrumentation);
    boolean answered =
        answer(arguments, line == null ? NOT_STARTED + "it is disabled, or a JDK tool" : line);
    if (line != null && !(answered && line.startsWith(NOT_STARTED))) {
      print(line);
    }
  }

  /**
   * Starts the agent, unless it is there already: a second jar of the same name refers to the class
   * that the first one loaded.
   *
   * @return the line to print; null for none
   */
  private static @Nullable String start(
      String starter, @Nullable String arguments, Instrumentation instrumentation) {
    synchronized (Agent.class) {
      if (begun) {
        return NOT_STARTED + "it is already in this JVM";
      }
      begun = true;
    }
    String line;
    try {
      line = tryStart(starter, arguments, instrumentation);
    } catch (Throwable failure) { // an exception out of premain would abort the application
      line = NOT_STARTED + reason(failure);
    }
    if (line == null || line.startsWith(NOT_STARTED)) {
      synchronized (Agent.class) {
        begun = false;
      }
    }
    return line;
  }

  private static @Nullable String tryStart(
      String starter, @Nullable String arguments, Instrumentation instrumentation)
      throws ReflectiveOperationException, URISyntaxException, IOException {
    if (!Applicability.shouldStart(arguments)) {
      return null;
    }
    int java = Applicability.javaVersion();
    if (java < OLDEST_JAVA) {
      return NOT_STARTED + "Java " + java + " is too old, it takes " + OLDEST_JAVA + " or newer";
    }
    return starter(starter, new IsolatedLoader(jar())).apply(arguments, instrumentation);
  }

  /** Appends the line to the file that {@code attach} reads; false if there is none. */
  private static boolean answer(@Nullable String arguments, String line) {
    for (String part : arguments == null ? new String[0] : arguments.split(",")) {
      if (part.startsWith(ANSWER)) {
        try {
          Files.write(
              Paths.get(part.substring(ANSWER.length())),
              (line.replace('\n', ' ') + "\n").getBytes(StandardCharsets.UTF_8),
              StandardOpenOption.WRITE,
              StandardOpenOption.APPEND);
          return true;
        } catch (IOException | RuntimeException gone) {
          return false; // nobody waits for it any more
        }
      }
    }
    return false;
  }

  /**
   * Uses a constructor without arguments: the JDK has the code for that call, and generates it for
   * others.
   */
  @SuppressWarnings("unchecked")
  private static BiFunction<@Nullable String, Instrumentation, String> starter(
      String name, ClassLoader loader) throws ReflectiveOperationException {
    return (BiFunction<@Nullable String, Instrumentation, String>)
        Class.forName(name, true, loader).getDeclaredConstructor().newInstance();
  }

  /** The agent's own jar. */
  static File jar() throws URISyntaxException {
    CodeSource source = Agent.class.getProtectionDomain().getCodeSource();
    if (source == null) {
      throw new IllegalStateException("the agent was loaded without its jar");
    }
    return new File(source.getLocation().toURI());
  }

  private static void print(String line) {
    System.err.println("whorl: " + line);
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof InvocationTargetException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.toString().replace('\n', ' ');
  }
}
