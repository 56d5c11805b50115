package whorl.behaviour.starts;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one start went; a line of the state file.
 *
 * @param key the start's
 * @param group the line of the table that it counts for
 * @param millis from the start of the JVM to its end
 * @param answers how many requests were answered
 * @param failure null when all was as without the agent
 */
record Result(String key, Group group, long millis, int answers, @Nullable String failure) {
  private static final int PARTS = 8;
  private static final String FINE = "-";

  /** What is counted together. */
  record Group(int feature, int processors, boolean collector, String program)
      implements Comparable<Group> {
    static Group of(Start start) {
      return new Group(
          start.jdk().feature(), start.processors(), start.collector(), start.program().word());
    }

    @Override
    public int compareTo(Group other) {
      return sortKey().compareTo(other.sortKey());
    }

    private String sortKey() {
      return feature + " " + processors + " " + collector + " " + program;
    }
  }

  String line() {
    List<String> parts = new ArrayList<>();
    parts.add(key);
    parts.add(String.valueOf(group.feature()));
    parts.add(String.valueOf(group.processors()));
    parts.add(String.valueOf(group.collector()));
    parts.add(group.program());
    parts.add(String.valueOf(millis));
    parts.add(String.valueOf(answers));
    parts.add(failure == null ? FINE : failure.replaceAll("\\s+", " "));
    return String.join("\t", parts);
  }

  static Result parse(String line) {
    String[] parts = line.split("\t", PARTS);
    if (parts.length != PARTS) {
      throw new IllegalArgumentException("not a result of a start: " + line);
    }
    return new Result(
        parts[0],
        new Group(
            Integer.parseInt(parts[1]),
            Integer.parseInt(parts[2]),
            Boolean.parseBoolean(parts[3]),
            parts[4]),
        Long.parseLong(parts[5]),
        Integer.parseInt(parts[6]),
        parts[7].equals(FINE) ? null : parts[7]);
  }
}
