package whorl.collector.analysis;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Report;

/** A report of requests that use what others added. */
abstract class UseOfShellFixture {
  static final String ADDRESS = "203.0.113.7";
  static final String NOTHING = "Nothing in this evidence shows";

  static final String[] CHAIN = {
    "org.apache.catalina.core.ApplicationFilterChain.doFilter(ApplicationFilterChain.java:166)",
    "org.apache.catalina.core.StandardWrapperValve.invoke(StandardWrapperValve.java:197)"
  };

  final Rows rows = new Rows();

  Finding wayIn(String title) throws Exception {
    Report report = Evidences.report(rows);
    return Rows.of(report, "way-in").stream()
        .filter(each -> each.title().equals(title))
        .findFirst()
        .orElseThrow(
            () -> new AssertionError(title + " is not in " + report.findings().toString()));
  }

  List<String> waysIn() throws Exception {
    return Rows.of(Evidences.report(rows), "way-in").stream().map(Finding::title).toList();
  }

  static String[] stack(String... inner) {
    return Stream.concat(Arrays.stream(inner), Arrays.stream(CHAIN)).toArray(String[]::new);
  }
}
