package whorl.collector.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;

/** Which programs were started, for whom, and how they ended. */
final class ProcessesRun implements Analysis {
  private static final int STARTS_MAX = 1_000;
  private static final int ENDS_MAX = 10_000;
  private static final int FINDINGS_MAX = 30;
  private static final String ORDINARY = "no request";

  @Override
  public String name() {
    return "processes";
  }

  @Override
  public Conclusion look(AnalysisContext context, RowDispatcher rowDispatcher) {
    Map<Long, RowView> ends = new LinkedHashMap<>();
    List<RowView> starts = new ArrayList<>();
    rowDispatcher.each(
        List.of("whorl.ProcessStart", "whorl.ProcessExit"),
        row -> {
          if (row.is("whorl.ProcessStart")) {
            if (starts.size() < STARTS_MAX) {
              starts.add(row);
            }
          } else if (ends.size() < ENDS_MAX) {
            Long pid = row.number(Column.PROCESS_PID);
            if (pid != null) {
              ends.putIfAbsent(pid, row);
            }
          }
        });
    return () -> {
      Map<String, List<RowView>> groups = new LinkedHashMap<>();
      for (RowView start : starts) {
        groups.computeIfAbsent(group(context.trail(), start), any -> new ArrayList<>()).add(start);
      }
      List<Found> found = new ArrayList<>();
      groups.forEach(
          (key, group) -> {
            if (found.size() < FINDINGS_MAX) {
              found.add(found(context.trail(), key, group, ends));
            }
          });
      return found;
    };
  }

  private static String group(Trail trail, RowView start) {
    Request request = trail.request(start);
    if (request != null) {
      return "request " + request.line();
    }
    return trail.isLoose(start) ? "after" : ORDINARY;
  }

  private Found found(Trail trail, String key, List<RowView> starts, Map<Long, RowView> ends) {
    FindingBuilder draft = new FindingBuilder(this);
    Command gravest = Command.OTHER;
    List<String> told = new ArrayList<>();
    for (RowView start : starts) {
      String line = start.textOr(Column.COMMAND_LINE, "command");
      Command command = Command.of(line);
      gravest = command.compareTo(gravest) < 0 ? command : gravest;
      draft.severity(severity(key, command)).techniques(command.techniques());
      draft.subject(Subject.Kind.PROCESS, line).subject(trail.request(start));
      String end = end(start, ends);
      draft.step(start, Tactic.EXECUTION, "started " + Phrases.cut(line) + end);
      told.add(Phrases.cut(line) + end);
      RowView exit = exit(start, ends);
      if (exit != null) {
        draft.row(exit);
      }
    }
    RowView first = starts.get(0);
    String what = starts.size() == 1 ? gravest.what() : Phrases.count(starts.size(), "program");
    String text =
        "At "
            + Phrases.at(first.time())
            + " "
            + trail.during(first)
            + " started "
            + Phrases.list(told)
            + (starts.size() > 1 ? ", the gravest being " + gravest.what() : "")
            + "."
            + (key.equals(ORDINARY)
                ? " Nothing before it in this evidence looks like a break-in."
                : key.equals("after") ? " It was for no request, and after the break-in." : "");
    return draft.found(
        key,
        key.equals(ORDINARY)
            ? "The application started " + what
            : "Ran " + what + (starts.size() == 1 ? ": " + told.get(0) : ""),
        text);
  }

  private static Severity severity(String key, Command command) {
    if (key.startsWith("request ")) {
      return command.severity();
    }
    boolean never = command == Command.REVERSE_SHELL || command == Command.MINER;
    if (never) {
      return Severity.CRITICAL;
    }
    if (key.equals("after")) {
      return command == Command.OTHER ? Severity.MEDIUM : Severity.HIGH;
    }
    return Severity.LOW;
  }

  private static String end(RowView start, Map<Long, RowView> ends) {
    Long pid = start.number(Column.PROCESS_PID);
    RowView exit = exit(start, ends);
    Long code = exit == null ? null : exit.number(Column.EXIT_CODE);
    String number = pid == null ? "" : "pid " + pid + ", ";
    return " (" + number + (code == null ? "no end seen" : "exit code " + code) + ")";
  }

  private static @Nullable RowView exit(RowView start, Map<Long, RowView> ends) {
    Long pid = start.number(Column.PROCESS_PID);
    return pid == null ? null : ends.get(pid);
  }
}
