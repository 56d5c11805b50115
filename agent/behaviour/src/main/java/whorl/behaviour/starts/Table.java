package whorl.behaviour.starts;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The results as text: a line for each JDK, count of processors, collector and program. */
final class Table {
  private Table() {}

  static String of(List<Result> results) {
    Map<Result.Group, List<Result>> groups = new TreeMap<>();
    for (Result result : results) {
      groups.computeIfAbsent(result.group(), group -> new ArrayList<>()).add(result);
    }
    StringBuilder text = new StringBuilder();
    String form = "%-5s %-10s %-10s %-8s %7s %9s %9s %10s %10s%n";
    text.append(
        form.formatted(
            "Java",
            "processors",
            "collector",
            "program",
            "starts",
            "failures",
            "answers",
            "median, s",
            "worst, s"));
    groups.forEach(
        (group, all) ->
            text.append(
                form.formatted(
                    group.feature(),
                    group.processors(),
                    group.collector() ? "yes" : "no",
                    group.program(),
                    all.size(),
                    failures(all),
                    all.stream().mapToLong(Result::answers).sum(),
                    seconds(all, 0.5),
                    seconds(all, 1))));
    text.append(
        form.formatted(
            "all",
            "",
            "",
            "",
            results.size(),
            failures(results),
            results.stream().mapToLong(Result::answers).sum(),
            "",
            ""));
    for (Result result : results) {
      if (result.failure() != null) {
        text.append("failed: start ").append(result.key()).append(", ");
        text.append(result.group().program()).append(" on Java ").append(result.group().feature());
        text.append(": ").append(result.failure()).append('\n');
      }
    }
    return text.toString();
  }

  static long failures(List<Result> results) {
    return results.stream().filter(result -> result.failure() != null).count();
  }

  private static String seconds(List<Result> results, double share) {
    List<Long> millis = new ArrayList<>(results.stream().map(Result::millis).toList());
    Collections.sort(millis);
    int at = (int) Math.min(millis.size() - 1, Math.floor(share * millis.size()));
    return "%.1f".formatted(millis.get(at) / 1000.0);
  }
}
