package io.netty.util.internal;

import java.util.Locale;
import java.util.Map;

/**
 * Shadows Netty's class of the same name in the agent's class loader, which prefers our classes.
 * The {@code io.netty.*} system properties belong to the application and its Netty. The agent's
 * Netty has settings of its own, and none is ever set globally. On an ordinary class path, as in
 * the collector, this class reads properties as Netty's own does.
 */
public final class SystemPropertyUtil {
  /** From 24 on Java warns about Unsafe in the application's output (JEP 498). */
  private static final int UNSAFE_WARNED_OF_SINCE = 24;

  private static final Map<String, String> OURS =
      Map.of(
          "io.netty.noUnsafe",
              String.valueOf(Runtime.version().feature() >= UNSAFE_WARNED_OF_SINCE),
          "io.netty.maxDirectMemory", "8388608",
          "io.netty.leakDetection.level", "disabled",
          "io.netty.allocator.type", "unpooled",
          "io.netty.allocator.numHeapArenas", "1",
          "io.netty.allocator.numDirectArenas", "1",
          "io.netty.eventLoopThreads", "1");

  private static final boolean ISOLATED =
      SystemPropertyUtil.class.getClassLoader() != ClassLoader.getSystemClassLoader();

  private SystemPropertyUtil() {}

  /** True if the property has a value. */
  public static boolean contains(String key) {
    return get(key) != null;
  }

  /** The property's value; null if it has none. */
  public static String get(String key) {
    return get(key, null);
  }

  /** The property's value; {@code byDefault} if it has none or may not be read. */
  public static String get(String key, String byDefault) {
    if (ISOLATED && key.startsWith("io.netty.")) {
      return OURS.getOrDefault(key, byDefault);
    }
    try {
      return System.getProperty(key, byDefault);
    } catch (SecurityException forbidden) {
      return byDefault;
    }
  }

  /** The property as a boolean; {@code byDefault} if it has no value or an unknown one. */
  public static boolean getBoolean(String key, boolean byDefault) {
    String text = get(key, "").strip().toLowerCase(Locale.ROOT);
    return switch (text) {
      case "true", "yes", "1" -> true;
      case "false", "no", "0" -> false;
      default -> byDefault;
    };
  }

  /** The property as a number; {@code byDefault} if it has no value or is no number. */
  public static int getInt(String key, int byDefault) {
    long value = getLong(key, byDefault);
    return value == (int) value ? (int) value : byDefault;
  }

  /** The property as a number; {@code byDefault} if it has no value or is no number. */
  public static long getLong(String key, long byDefault) {
    String text = get(key);
    try {
      return text == null ? byDefault : Long.parseLong(text.strip());
    } catch (NumberFormatException notANumber) {
      return byDefault;
    }
  }
}
