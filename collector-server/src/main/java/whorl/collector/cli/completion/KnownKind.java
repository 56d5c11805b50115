package whorl.collector.cli.completion;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which values of options and arguments a collector knows. */
final class KnownKind {
  private static final Map<String, String> OF_OPTIONS =
      Map.of(
          "--service", "service",
          "--namespace", "namespace",
          "--agent", "agent",
          "--case", "case",
          "--evidence", "evidence");

  private static final Map<String, String> OF_ARGUMENTS =
      Map.ofEntries(
          Map.entry("CASE", "case"),
          Map.entry("EVIDENCE", "evidence"),
          Map.entry("OTHER-ID", "evidence"),
          Map.entry("FILE.jfr|ID", "evidence"),
          Map.entry("TOKEN", "token"),
          Map.entry("MESSAGE", "message"),
          Map.entry("whorl use NAME", "context"),
          Map.entry("whorl logout NAME", "context"),
          Map.entry("whorl schedules set NAME", "schedule"),
          Map.entry("whorl schedules remove NAME", "schedule"),
          Map.entry("whorl rules list NAME", "rule-set"),
          Map.entry("whorl rules show NAME", "rule-set"),
          Map.entry("whorl rules remove NAME", "rule-set"),
          Map.entry("whorl notifications test NAME", "notification"),
          Map.entry("whorl hunts ID", "hunt"),
          Map.entry("whorl probes ID", "probe"),
          Map.entry("whorl probes stop ID", "probe"),
          Map.entry("VIEW", "view"),
          Map.entry("whorl alerts unmute ID", "mute"),
          Map.entry("whorl help COMMAND", ""));

  private KnownKind() {}

  /**
   * The kind, as {@code whorl complete} has it; null if there is none.
   *
   * @param path of the command
   * @param name of the option, or the label of the argument
   */
  static @Nullable String of(String path, String name) {
    if (name.startsWith("--")) {
      return path.equals("whorl serve") ? null : OF_OPTIONS.get(name);
    }
    String known = OF_ARGUMENTS.get(path + " " + name);
    if (known == null) {
      known = OF_ARGUMENTS.get(name);
    }
    if (known == null && name.equals("ID")) {
      known = path.startsWith("whorl alerts ") ? "alert-group" : "evidence";
    }
    return known == null || known.isEmpty() ? null : known;
  }
}
