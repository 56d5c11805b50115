package whorl.agent.capture.kernel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import whorl.agent.capture.Reason;

/** Reads the kernel's view of the process: identity, rights, limits, memory. */
public final class KernelView {
  private static final List<String> NAMESPACES =
      List.of("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts");
  private static final int LINES_MAX = 200;

  private final ProcFs proc;

  public KernelView(ProcFs proc) {
    this.proc = proc;
  }

  /** Returns the fields of {@code /proc/self/status} by their own names. */
  private Map<String, String> status() throws IOException {
    return fields("proc/self/status");
  }

  /** Returns user and group ids (real, effective, saved, file system) and the other groups. */
  public Map<String, Object> user() throws IOException {
    Map<String, String> status = status();
    Map<String, Object> user = new LinkedHashMap<>();
    for (String name : List.of("Uid", "Gid", "Groups")) {
      user.put(name.toLowerCase(Locale.ROOT), words(status.getOrDefault(name, "")));
    }
    return user;
  }

  /** Returns capability sets by name, the seccomp mode, and whether privileges may grow. */
  public Map<String, Object> rights() throws IOException {
    Map<String, String> status = status();
    Map<String, Object> rights = new LinkedHashMap<>();
    Map<String, String> sets =
        Map.of(
            "CapEff", "effective",
            "CapPrm", "permitted",
            "CapInh", "inheritable",
            "CapBnd", "bounding",
            "CapAmb", "ambient");
    for (String field : List.of("CapEff", "CapPrm", "CapInh", "CapBnd", "CapAmb")) {
      String mask = status.get(field);
      if (mask != null) {
        rights.put(sets.get(field), Capabilities.names(mask));
      }
    }
    rights.put("noNewPrivileges", "1".equals(status.get("NoNewPrivs")));
    rights.put(
        "seccomp",
        switch (status.getOrDefault("Seccomp", "")) {
          case "0" -> "disabled";
          case "1" -> "strict";
          case "2" -> "filter";
          default -> "unknown";
        });
    return rights;
  }

  /** Returns memory in kB by the kernel's names, with PSS from the rollup if that is readable. */
  public Map<String, String> memory() throws IOException {
    Map<String, String> memory = new LinkedHashMap<>();
    status()
        .forEach(
            (name, value) -> {
              if (name.startsWith("Vm") || name.startsWith("Rss") || name.equals("Threads")) {
                memory.put(name, value);
              }
            });
    try {
      fields("proc/self/smaps_rollup")
          .forEach(
              (name, value) -> {
                if (value.endsWith(" kB")) {
                  memory.putIfAbsent(name, value);
                }
              });
    } catch (IOException notAllowed) {
      memory.put("Pss", "unknown: " + Reason.of(notAllowed));
    }
    return memory;
  }

  /** Returns resource limits: name, soft, hard, unit. */
  public List<Map<String, String>> limits() throws IOException {
    List<Map<String, String>> limits = new ArrayList<>();
    for (String line : proc.lines("proc/self/limits", LINES_MAX)) {
      String[] parts = line.strip().split("\\s{2,}", -1);
      if (parts.length >= 3 && !parts[0].equals("Limit")) {
        Map<String, String> limit = new LinkedHashMap<>();
        limit.put("name", parts[0]);
        limit.put("soft", parts[1]);
        limit.put("hard", parts[2]);
        if (parts.length > 3) {
          limit.put("unit", parts[3]);
        }
        limits.add(limit);
      }
    }
    return limits;
  }

  /** Returns namespaces, such as {@code net:[4026531833]}. */
  public Map<String, String> namespaces() {
    Map<String, String> namespaces = new LinkedHashMap<>();
    for (String name : NAMESPACES) {
      String target = proc.link("proc/self/ns/" + name);
      if (target != null) {
        namespaces.put(name, target);
      }
    }
    return namespaces;
  }

  /** Returns host name, kernel, boot id, uptime, load, and the kernel's out-of-memory score. */
  public Map<String, String> host() {
    Map<String, String> host = new LinkedHashMap<>();
    put(host, "hostname", "proc/sys/kernel/hostname");
    put(host, "kernel", "proc/version");
    put(host, "bootId", "proc/sys/kernel/random/boot_id");
    put(host, "uptimeSeconds", "proc/uptime");
    put(host, "load", "proc/loadavg");
    put(host, "oomScore", "proc/self/oom_score");
    put(host, "oomScoreAdjustment", "proc/self/oom_score_adj");
    return host;
  }

  private void put(Map<String, String> host, String name, String path) {
    String text = proc.textOrNull(path);
    if (text != null) {
      host.put(name, text);
    }
  }

  private Map<String, String> fields(String path) throws IOException {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String line : proc.lines(path, LINES_MAX)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    }
    return fields;
  }

  private static List<String> words(String text) {
    return text.isBlank() ? List.of() : Arrays.asList(text.strip().split("\\s+", -1));
  }
}
