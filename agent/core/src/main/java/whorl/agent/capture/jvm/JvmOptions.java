package whorl.agent.capture.jvm;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the options that this JVM was started with, including JAVA_TOOL_OPTIONS, from the same
 * place as {@code RuntimeMXBean.getInputArguments}; java.base provides them without
 * java.management.
 */
public final class JvmOptions {
  private static final String PACKAGE = "jdk.internal.misc";
  private static final String[] NONE = {};

  private JvmOptions() {}

  /** True if class memory has a limit, which the JVM may exceed. */
  public static boolean limitClasses(PackageOpener opener) {
    return limitClasses(options(opener));
  }

  static boolean limitClasses(String[] options) {
    for (String option : options) {
      if (option.startsWith("-XX:MaxMetaspaceSize=")
          || option.startsWith("-XX:CompressedClassSpaceSize=")) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns why the JVM exits on a lack of memory before any Java code can see it; null if it does
   * not, or if the options are not available.
   */
  public static @Nullable String endOnOutOfMemory(PackageOpener opener) {
    return endOnOutOfMemory(options(opener));
  }

  /** The last of several equal options counts, as in HotSpot. */
  static @Nullable String endOnOutOfMemory(String[] options) {
    for (String flag : new String[] {"ExitOnOutOfMemoryError", "CrashOnOutOfMemoryError"}) {
      boolean set = false;
      for (String option : options) {
        set = option.equals("-XX:+" + flag) || (set && !option.equals("-XX:-" + flag));
      }
      if (set) {
        return "-XX:+" + flag + " ends the JVM before an alert can be made; leave it away";
      }
    }
    return null;
  }

  /**
   * True if this run creates an AOT cache (JDK 24 and newer), which is impossible in a JVM whose
   * classes an agent has changed. The last of several modes counts, as in HotSpot.
   */
  public static boolean trainAotCache(PackageOpener opener) {
    return trainAotCache(options(opener));
  }

  static boolean trainAotCache(String[] options) {
    boolean output = false;
    boolean record = false;
    for (String option : options) {
      output |= option.startsWith("-XX:AOTCacheOutput=");
      if (option.startsWith("-XX:AOTMode=")) {
        record = option.equals("-XX:AOTMode=record");
      }
    }
    return output || record;
  }

  /** Returns the configured path of HotSpot's error log; null if none is configured. */
  public static @Nullable String errorFile(PackageOpener opener) {
    String option = "-XX:ErrorFile=";
    String file = null;
    for (String given : options(opener)) {
      if (given.startsWith(option)) {
        file = given.substring(option.length());
      }
    }
    return file;
  }

  /** Returns the paths of the agents' jars that options name, without the agents' own options. */
  public static List<String> agentJars(PackageOpener opener) {
    return agentJars(options(opener));
  }

  static List<String> agentJars(String[] options) {
    String option = "-javaagent:";
    List<String> jars = new ArrayList<>();
    for (String given : options) {
      if (given.startsWith(option)) {
        int equals = given.indexOf('=');
        jars.add(given.substring(option.length(), equals < 0 ? given.length() : equals));
      }
    }
    return jars;
  }

  /** Returns all options; none if they are not available. */
  private static String[] options(PackageOpener opener) {
    try {
      opener.open("java.base", PACKAGE);
      Method arguments =
          Class.forName(PACKAGE + ".VM", true, null).getMethod("getRuntimeArguments");
      return arguments.invoke(null) instanceof String[] options ? options : NONE;
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      return NONE;
    }
  }
}
