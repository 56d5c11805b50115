package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Report;

/** Rows of a test, and the report of them. */
abstract class AnalysisFixture {
  static final String ADDRESS = "203.0.113.7";
  static final String HASH = "f4".repeat(32);

  final Rows rows = new Rows();

  Report report() throws Exception {
    return Evidences.report(rows);
  }

  Finding only(String analysis) throws Exception {
    List<Finding> findings = Rows.of(report(), analysis);
    assertThat(findings).as(analysis).hasSize(1);
    return findings.get(0);
  }

  /** Adds an expression that accesses code, for this request. */
  void addInjection(String request) {
    rows.of(
        request,
        "whorl.ScriptEval",
        "engine",
        "spel",
        "source",
        "T(java.lang.Runtime).getRuntime()");
  }

  void addAnsweredRequest(String request) {
    rows.request(request, "GET", "/products", "sort=x", ADDRESS, 200);
  }
}
