package whorl.agent.classes;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The place that a code source's text names: a folder, a jar, or a jar or folder within one.
 *
 * <pre>
 *   file:/app/classes/                                     folder
 *   file:/app/lib/x.jar                                    jar
 *   jar:file:/app.jar!/BOOT-INF/lib/x.jar!/                jar in a jar
 *   jar:nested:/app.jar/!BOOT-INF/classes/!/               folder in a jar
 *   war:file:/x.war*&#47;WEB-INF/lib/y.jar                     jar in a war
 * </pre>
 *
 * @param outer the file or folder on disk
 * @param innerJar the entry that is itself a jar
 * @param folder within {@code outer}, or within the inner jar; empty or ending with a slash
 */
public record ClassPlace(Path outer, @Nullable String innerJar, String folder) {
  /** Returns null if the text names something else. */
  public static @Nullable ClassPlace of(@Nullable String codeSource) {
    if (codeSource == null) {
      return null;
    }
    String rest = codeSource;
    boolean file = false;
    for (String scheme : List.of("jar:", "war:", "nested:", "file:")) {
      if (rest.startsWith(scheme)) {
        rest = rest.substring(scheme.length());
        file |= scheme.equals("file:") || scheme.equals("nested:");
      }
    }
    if (!file || !rest.startsWith("/")) {
      return null;
    }
    List<String> parts = new ArrayList<>();
    for (String part : rest.replace("*/", "!/").split("!", -1)) {
      parts.add(part);
    }
    String outer = decoded(parts.get(0));
    if (outer.startsWith("///")) {
      outer = outer.substring(2);
    }
    String innerJar = null;
    String folder = "";
    for (String part : parts.subList(1, parts.size())) {
      String name = decoded(part.startsWith("/") ? part.substring(1) : part);
      if (name.endsWith(".jar")) {
        innerJar = name;
      } else if (!name.isEmpty()) {
        folder = name.endsWith("/") ? name : name + "/";
      }
    }
    try {
      return new ClassPlace(Path.of(outer), innerJar, folder);
    } catch (IllegalArgumentException noPath) {
      return null;
    }
  }

  private static String decoded(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      return text;
    }
  }
}
