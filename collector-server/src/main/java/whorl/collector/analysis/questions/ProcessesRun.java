package whorl.collector.analysis.questions;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.findings.FindingBuilder;
import whorl.collector.analysis.findings.ReportedFinding;
import whorl.collector.analysis.findings.Subject;
import whorl.collector.analysis.kinds.Command;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Tactic;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.Request;
import whorl.collector.analysis.rows.RowDispatcher;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.analysis.trail.Trail;
import whorl.collector.timeline.Column;

/** Reports which programs were started, for which request, and how they ended. */
public final class ProcessesRun implements Analysis {
  private static final int STARTS_MAX = 1_000;
  private static final int ENDS_MAX = 10_000;
  private static final int FINDINGS_MAX = 30;
  private static final String ORDINARY = "no request";

  @Override
  public String name() {
    return "processes";
  }

  @Override
  public Conclusion subscribe(AnalysisContext context, RowDispatcher rowDispatcher) {
    Map<Long, RowView> ends = new LinkedHashMap<>();
    List<RowView> starts = new ArrayList<>();
    rowDispatcher.subscribe(
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
      List<ReportedFinding> results = new ArrayList<>();
      groups.forEach(
          (key, group) -> {
            if (results.size() < FINDINGS_MAX) {
              results.add(result(context.trail(), key, group, ends));
            }
          });
      return results;
    };
  }

  private static String group(Trail trail, RowView start) {
    Request request = trail.request(start);
    if (request != null) {
      return "request " + request.line();
    }
    return trail.mayBeIntruders(start) ? "after" : ORDINARY;
  }

  private ReportedFinding result(
      Trail trail, String key, List<RowView> starts, Map<Long, RowView> ends) {
    FindingBuilder builder = new FindingBuilder(name());
    Command worst = Command.OTHER;
    List<String> lines = new ArrayList<>();
    for (RowView start : starts) {
      String line = start.textOr(Column.COMMAND_LINE, "command");
      Command command = Command.of(line);
      worst = command.compareTo(worst) < 0 ? command : worst;
      builder.severity(severity(key, command)).techniques(command.techniques());
      builder.subject(Subject.Kind.PROCESS, line).subject(trail.request(start));
      String end = end(start, ends);
      builder.step(start, Tactic.EXECUTION, "started " + Phrases.cut(line) + end);
      lines.add(Phrases.cut(line) + end);
      RowView exit = exit(start, ends);
      if (exit != null) {
        builder.row(exit);
      }
    }
    RowView first = starts.get(0);
    String description =
        starts.size() == 1 ? worst.description() : Phrases.count(starts.size(), "program");
    String text =
        "At "
            + Phrases.at(first.time())
            + " "
            + trail.actor(first)
            + " started "
            + Phrases.list(lines)
            + (starts.size() > 1 ? ", the most severe being " + worst.description() : "")
            + "."
            + (key.equals(ORDINARY)
                ? " Nothing before it in this evidence looks like a break-in."
                : key.equals("after")
                    ? " It belongs to no request and came after the break-in."
                    : "");
    return builder.build(
        key,
        key.equals(ORDINARY)
            ? "The application started " + description
            : "Ran " + description + (starts.size() == 1 ? ": " + lines.get(0) : ""),
        text);
  }

  private static Severity severity(String key, Command command) {
    if (key.startsWith("request ")) {
      return command.severity();
    }
    boolean malicious = command == Command.REVERSE_SHELL || command == Command.MINER;
    if (malicious) {
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
