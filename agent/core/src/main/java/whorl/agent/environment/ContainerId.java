package whorl.agent.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The container's id and the pod's uid, as the kernel's own files tell them: {@code
 * /proc/self/cgroup} under cgroup v1, {@code /proc/self/mountinfo} where a cgroup namespace hides
 * the path (the runtime mounts {@code /etc/hostname} from the container's folder).
 *
 * @param container 64 hexadecimal digits; null where unknown
 * @param podUid with dashes; null where unknown
 */
record ContainerId(@Nullable String container, @Nullable String podUid) {
  private static final Pattern ID = Pattern.compile("(?<![0-9a-f])([0-9a-f]{64})(?![0-9a-f])");
  private static final Pattern POD =
      Pattern.compile(
          "pods?[/-]?([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12})");

  static ContainerId of(Path root) {
    String container = null;
    String pod = null;
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      container = container == null ? first(ID, line) : container;
      pod = pod == null ? first(POD, line) : pod;
    }
    for (String line : lines(root.resolve("proc/self/mountinfo"))) {
      boolean ofContainer =
          line.contains("/etc/hostname")
              || line.contains("/etc/hosts")
              || line.contains("/etc/resolv.conf")
              || line.contains("/run/.containerenv");
      if (ofContainer) {
        container = container == null ? first(ID, line) : container;
        pod = pod == null ? first(POD, line) : pod;
      }
    }
    return new ContainerId(container, pod == null ? null : pod.replace('_', '-'));
  }

  private static @Nullable String first(Pattern pattern, String line) {
    Matcher matcher = pattern.matcher(line);
    return matcher.find() ? matcher.group(1) : null;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException | RuntimeException unreadable) {
      return List.of();
    }
  }
}
