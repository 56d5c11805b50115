package whorl.agent.hook.system;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Paths as rules want them: absolute, without {@code .}, {@code ..} and doubled slashes, so that
 * {@code /srv/../proc//self/environ} is what it is. Symbolic links are not followed.
 */
public final class PathText {
  private final String workingFolder;

  /**
   * @param workingFolder what relative paths are relative to
   */
  public PathText(String workingFolder) {
    this.workingFolder = workingFolder.endsWith("/") ? workingFolder : workingFolder + "/";
  }

  /** The path of a {@code File}, a {@code Path} of the JDK's, or a text. */
  @Nullable String of(@Nullable Object path) {
    if (path == null) {
      return null;
    }
    String text = path.toString();
    String absolute = text.startsWith("/") ? text : workingFolder + text;
    return plain(absolute) ? absolute : normalised(absolute);
  }

  /** The name within a folder that is known by descriptor only. */
  static String below(@Nullable Object name) {
    return "…/" + (name instanceof byte[] bytes ? text(bytes) : String.valueOf(name));
  }

  /** Bytes of a path as text. */
  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static boolean plain(String path) {
    return !path.contains("//")
        && !path.contains("/.")
        && !(path.length() > 1 && path.endsWith("/"));
  }

  private static String normalised(String path) {
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
    return "/" + String.join("/", parts);
  }
}
