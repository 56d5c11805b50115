package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import whorl.collector.analysis.findings.Finding;

/** A report of events with stacks. */
abstract class WayInFixture {
  static final String ADDRESS = "203.0.113.7";
  final Rows rows = new Rows();

  Finding onlyWayIn() throws Exception {
    List<Finding> ways = Rows.of(Evidences.report(rows), "way-in");
    assertThat(ways).hasSize(1);
    return ways.get(0);
  }

  void addFileRead(String path, String query, String... frames) {
    rows.on(frames);
    rows.of("r1", "whorl.FileOpen", "path", path, "access", "read", "failed", false);
    rows.request("r1", "GET", "/view", query, ADDRESS, 200);
  }
}
