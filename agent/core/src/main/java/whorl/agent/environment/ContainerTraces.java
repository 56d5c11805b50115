package whorl.agent.environment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the container and pod of this process from the paths of control groups and mounts: those of
 * containerd, Docker, CRI-O and Podman, and of the kubelet.
 */
public final class ContainerTraces {
  /**
   * @param id 64 hexadecimal digits; null if no path contains it
   * @param sandbox the pod's own container, if only that is found
   * @param runtime {@code containerd, docker, cri-o, podman}; null if unknown
   */
  public record Found(
      @Nullable String id,
      @Nullable String sandbox,
      @Nullable String runtime,
      @Nullable String podUid) {}

  /**
   * A mount from mountinfo.
   *
   * @param root the folder within its file system that is mounted
   * @param mountPoint where it is mounted
   */
  public record Mounted(String root, String mountPoint) {}

  private static final String ID = "([0-9a-f]{64})";
  private static final Pattern IN_CGROUP =
      Pattern.compile("(cri-containerd|docker|crio|libpod)?[-/:]" + ID + "(?:\\.scope)?(?:/|$)");
  private static final Pattern IN_MOUNT = Pattern.compile("/(?:overlay-)?containers/" + ID + "/");
  private static final Pattern IN_SANDBOX = Pattern.compile("/sandboxes/" + ID + "/");
  private static final Pattern POD_IN_CGROUP =
      Pattern.compile("pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12})");
  private static final Pattern POD_IN_MOUNT =
      Pattern.compile("/pods/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/");

  private ContainerTraces() {}

  /**
   * Reads {@code proc/self/cgroup} and {@code proc/self/mountinfo}; unreadable files count as
   * empty.
   *
   * @param root {@code /}, or another root in tests
   */
  static Found of(Path root) {
    List<String> groupPaths = new ArrayList<>();
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      groupPaths.add(line.substring(line.lastIndexOf(':') + 1));
    }
    List<Mounted> mounts = new ArrayList<>();
    for (String line : lines(root.resolve("proc/self/mountinfo"))) {
      String[] fields = line.split(" ", 6);
      if (fields.length > 5) {
        mounts.add(new Mounted(fields[3], fields[4]));
      }
    }
    return find(groupPaths, mounts);
  }

  /**
   * Searches the kernel's paths of this process.
   *
   * @param groupPaths the paths of its control groups
   */
  public static Found find(List<String> groupPaths, List<Mounted> mounts) {
    String id = null;
    String runtime = null;
    String podUid = null;
    for (String path : groupPaths) {
      Matcher matcher = IN_CGROUP.matcher(path);
      // The last match: within a pod's group the container's is innermost.
      while (matcher.find()) {
        id = matcher.group(2);
        runtime = runtime(matcher.group(1), path);
      }
      Matcher pod = POD_IN_CGROUP.matcher(path);
      if (pod.find()) {
        podUid = pod.group(1).replace('_', '-');
      }
    }
    String sandbox = null;
    for (Mounted mount : mounts) {
      String root = mount.root();
      Matcher ownId = IN_MOUNT.matcher(root);
      // The containers of a pod share /dev/shm, hosts and resolv.conf, which may belong to another
      // container.
      if (id == null && ownId.find() && namesItself(mount.mountPoint())) {
        id = ownId.group(1);
        runtime = runtime(null, root);
      }
      Matcher inSandbox = IN_SANDBOX.matcher(root);
      if (sandbox == null && inSandbox.find()) {
        sandbox = inSandbox.group(1);
        runtime = runtime == null ? runtime(null, root) : runtime;
      }
      Matcher pod = POD_IN_MOUNT.matcher(root);
      if (podUid == null && pod.find()) {
        podUid = pod.group(1);
      }
    }
    return new Found(id, sandbox, runtime, podUid);
  }

  private static boolean namesItself(String mountPoint) {
    return mountPoint.endsWith("/hostname") || mountPoint.endsWith("/.containerenv");
  }

  private static @Nullable String runtime(@Nullable String prefix, String path) {
    String hint = prefix == null ? path : prefix;
    if (hint.contains("containerd")) {
      return "containerd";
    }
    if (hint.contains("docker")) {
      return "docker";
    }
    if (hint.contains("crio")) {
      return "cri-o";
    }
    return hint.contains("libpod") || hint.contains("overlay-containers") ? "podman" : null;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException | UncheckedIOException unreadable) {
      return List.of();
    }
  }
}
