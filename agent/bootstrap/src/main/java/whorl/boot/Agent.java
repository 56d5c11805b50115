package whorl.boot;

import java.io.File;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
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

  private Agent() {}

  /** Called by the JVM before {@code main}. */
  public static void premain(@Nullable String arguments, Instrumentation instrumentation) {
    try {
      start(arguments, instrumentation);
    } catch (Throwable failure) { // an exception out of premain would abort the application
      print("not started: " + reason(failure));
    }
  }

  /** Called by the JVM when the agent is loaded into a running process. */
  public static void agentmain(@Nullable String arguments, Instrumentation instrumentation) {
    premain(arguments, instrumentation);
  }

  private static void start(@Nullable String arguments, Instrumentation instrumentation)
      throws ReflectiveOperationException, URISyntaxException, java.io.IOException {
    if (!Applicability.shouldStart(arguments)) {
      return;
    }
    int java = Applicability.javaVersion();
    if (java < OLDEST_JAVA) {
      print("not started: Java " + java + " is too old, it takes " + OLDEST_JAVA + " or newer");
      return;
    }
    IsolatedLoader loader = new IsolatedLoader(jar());
    print(starter(loader).apply(arguments, instrumentation));
  }

  /**
   * Uses a constructor without arguments: the JDK has the code for that call, and generates it for
   * others.
   */
  @SuppressWarnings("unchecked")
  private static BiFunction<@Nullable String, Instrumentation, String> starter(ClassLoader loader)
      throws ReflectiveOperationException {
    return (BiFunction<@Nullable String, Instrumentation, String>)
        Class.forName(STARTER, true, loader).getDeclaredConstructor().newInstance();
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
