package whorl.behaviour.starts;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a program ended and what it printed.
 *
 * @param out lines in the order of the alphabet, since threads print in any order
 * @param err likewise, without the agent's own line
 * @param agentLines how many lines the agent printed
 */
record Outcome(int status, List<String> out, List<String> err, int agentLines) {
  private static final String AGENT_LINE = "whorl: ";

  static Outcome of(int status, List<String> out, List<String> err) {
    List<String> others = new ArrayList<>(err);
    others.removeIf(line -> line.startsWith(AGENT_LINE));
    return new Outcome(
        status,
        out.stream().sorted().toList(),
        others.stream().sorted().toList(),
        err.size() - others.size());
  }

  /** What is not as without the agent; null when all is. */
  @Nullable String differenceFrom(Outcome without) {
    if (status != without.status) {
      return "exit status " + status + ", without the agent " + without.status;
    }
    if (agentLines != 1) {
      return agentLines + " lines of the agent on standard error";
    }
    if (!out.equals(without.out)) {
      return "another standard output: " + firstDifference(out, without.out);
    }
    if (!err.equals(without.err)) {
      return "another standard error: " + firstDifference(err, without.err);
    }
    return null;
  }

  private static String firstDifference(List<String> with, List<String> without) {
    for (int i = 0; i < Math.min(with.size(), without.size()); i++) {
      if (!with.get(i).equals(without.get(i))) {
        return with.get(i) + ", without the agent " + without.get(i);
      }
    }
    return with.size() + " lines, without the agent " + without.size();
  }
}
