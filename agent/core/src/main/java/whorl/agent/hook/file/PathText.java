package whorl.agent.hook.file;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Paths as text: absolute, without {@code .} and double slashes. A {@code ..} stays, because its
 * target depends on the links before it; {@link RealPaths} queries the kernel for that.
 */
final class PathText {
  private final String workingFolder;

  /**
   * @param workingFolder the folder that relative paths start from
   */
  PathText(String workingFolder) {
    this.workingFolder = workingFolder.endsWith("/") ? workingFolder : workingFolder.concat("/");
  }

  /**
   * The path of a {@code File}, of a {@code Path} of the JDK's own classes, or of a text. For any
   * other object only the class's name, because its methods may be the application's.
   */
  @Nullable String of(@Nullable Object path) {
    String text = asGiven(path);
    if (text == null) {
      return null;
    }
    String absolute = text.startsWith("/") ? text : workingFolder.concat(text);
    return isPlain(absolute) ? absolute : plain(absolute);
  }

  /** The path as it was given, neither absolute nor normalized. */
  static @Nullable String asGiven(@Nullable Object path) {
    if (path == null || path instanceof String) {
      return (String) path;
    }
    if (path instanceof byte[] bytes) {
      return text(bytes);
    }
    if (path.getClass() == File.class || KernelPaths.isUnixPath(path)) {
      return path.toString();
    }
    return path.getClass().getName();
  }

  /** The name within a folder that is only known by its descriptor. */
  static String below(@Nullable Object name) {
    return "…/".concat(String.valueOf(asGiven(name)));
  }

  /** Bytes of a path as text. */
  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** True if a part of the path is {@code ..}. */
  static boolean hasDotDot(String path) {
    int at = path.indexOf("/..");
    while (at >= 0) {
      int after = at + 3;
      if (after == path.length() || path.charAt(after) == '/') {
        return true;
      }
      at = path.indexOf("/..", after);
    }
    return false;
  }

  /** Resolves each {@code ..} by text alone, as if there were no links before it. */
  static String withoutDotDot(String path) {
    Deque<String> parts = new ArrayDeque<>();
    int from = 0;
    while (from < path.length()) {
      int slash = path.indexOf('/', from);
      int to = slash < 0 ? path.length() : slash;
      String part = path.substring(from, to);
      if (part.equals("..")) {
        parts.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
      from = to + 1;
    }
    return joined(parts);
  }

  private static boolean isPlain(String path) {
    return !path.contains("//")
        && !path.contains("/.")
        && !(path.length() > 1 && path.endsWith("/"));
  }

  private static String plain(String path) {
    StringBuilder plain = new StringBuilder(path.length());
    int from = 0;
    while (from < path.length()) {
      int slash = path.indexOf('/', from);
      int to = slash < 0 ? path.length() : slash;
      boolean empty = to == from || (to == from + 1 && path.charAt(from) == '.');
      if (!empty) {
        plain.append('/').append(path, from, to);
      }
      from = to + 1;
    }
    return plain.isEmpty() ? "/" : plain.toString();
  }

  private static String joined(Deque<String> parts) {
    StringBuilder joined = new StringBuilder();
    for (String part : parts) {
      joined.append('/').append(part);
    }
    return joined.isEmpty() ? "/" : joined.toString();
  }
}
