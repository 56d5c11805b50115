package whorl.agent.capture.kernel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.kernel.Mounts.Mount;

/** Reads the process's control groups, version 1 or 2: names, limits and usage. */
public final class Cgroups {
  private static final List<String> V2_FILES =
      List.of(
          "memory.max",
          "memory.high",
          "memory.current",
          "memory.peak",
          "memory.swap.max",
          "memory.swap.current",
          "memory.events",
          "cpu.max",
          "cpu.weight",
          "cpu.stat",
          "pids.max",
          "pids.current");
  private static final Map<String, List<String>> V1_FILES =
      Map.of(
          "memory",
          List.of(
              "memory.limit_in_bytes",
              "memory.usage_in_bytes",
              "memory.max_usage_in_bytes",
              "memory.memsw.limit_in_bytes",
              "memory.failcnt",
              "memory.oom_control"),
          "cpu",
          List.of("cpu.cfs_quota_us", "cpu.cfs_period_us", "cpu.shares", "cpu.stat"),
          "pids",
          List.of("pids.max", "pids.current"));

  /**
   * One line of {@code /proc/self/cgroup}.
   *
   * @param controllers empty for version 2
   */
  public record Group(List<String> controllers, String path) {}

  /**
   * @param groups the groups of the process
   * @param files content of the kernel's files, by name
   */
  public record Reading(List<Group> groups, Map<String, String> files) {}

  private final ProcFs proc;

  public Cgroups(ProcFs proc) {
    this.proc = proc;
  }

  public Reading read(List<Mount> mounts) throws IOException {
    List<Group> groups = new ArrayList<>();
    for (String line : proc.lines("proc/self/cgroup", 64)) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3) {
        List<String> controllers =
            parts[1].isEmpty() ? List.of() : Arrays.asList(parts[1].split(","));
        groups.add(new Group(controllers, parts[2]));
      }
    }
    Map<String, String> files = new LinkedHashMap<>();
    for (Group group : groups) {
      if (group.controllers().isEmpty()) {
        read(folder(group, mount(mounts, "cgroup2", "")), V2_FILES, files);
      }
      for (String controller : group.controllers()) {
        List<String> names = V1_FILES.get(controller);
        if (names != null) {
          read(folder(group, mount(mounts, "cgroup", controller)), names, files);
        }
      }
    }
    return new Reading(groups, files);
  }

  private void read(List<String> folders, List<String> names, Map<String, String> files) {
    for (String folder : folders) {
      int before = files.size();
      for (String name : names) {
        String text = proc.textOrNull(folder + "/" + name);
        if (text != null) {
          files.putIfAbsent(name, text);
        }
      }
      if (files.size() > before) {
        return;
      }
    }
  }

  /**
   * Returns where the group's files may be: below the mount or, within a namespace, at the mount.
   */
  private static List<String> folder(Group group, @Nullable Mount mount) {
    if (mount == null) {
      return List.of();
    }
    String path = group.path();
    String below = path.startsWith(mount.root()) ? path.substring(mount.root().length()) : path;
    String inner = below.startsWith("/") || below.isEmpty() ? below : "/" + below;
    return inner.contains("..")
        ? List.of(mount.mountPoint())
        : List.of(mount.mountPoint() + inner, mount.mountPoint());
  }

  private static @Nullable Mount mount(List<Mount> mounts, String type, String controller) {
    for (Mount mount : mounts) {
      boolean holds =
          controller.isEmpty()
              || Arrays.asList(mount.superOptions().split(",")).contains(controller);
      if (mount.type().equals(type) && holds) {
        return mount;
      }
    }
    return null;
  }
}
