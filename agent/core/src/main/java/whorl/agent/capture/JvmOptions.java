package whorl.agent.capture;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * The options that this JVM was started with, those of JAVA_TOOL_OPTIONS included, from where
 * {@code RuntimeMXBean.getInputArguments} has them; java.base has them without java.management.
 */
public final class JvmOptions {
  private static final String PACKAGE = "jdk.internal.misc";
  private static final String[] NONE = {};

  private JvmOptions() {}

  /** Whether there is a limit to what classes may take, which they may then run into. */
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
   * Why memory that runs out ends the JVM before any Java code could see it; null when it does not,
   * or when the options cannot be had.
   */
  public static @Nullable String endOnOutOfMemory(PackageOpener opener) {
    return endOnOutOfMemory(options(opener));
  }

  /** The last of several counts, as for HotSpot. */
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
   * Whether this run is to end in an AOT cache (JDK 24 and newer), which takes no JVM whose classes
   * an agent has changed. Of several modes the last counts, as for HotSpot.
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

  /** Where HotSpot writes its error log, as it was given; null where it was not. */
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

  /** All of them; none when they cannot be had. */
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
