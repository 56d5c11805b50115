package whorl.lab.verdict;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.lab.cases.CaseDescriptor;
import whorl.lab.cases.CaseKind;
import whorl.lab.cases.LabCase;

/** Cases and observations for tests. */
public final class Samples {
  private Samples() {}

  public static LabCase attack(String expectation) {
    return one(CaseKind.ATTACK, expectation);
  }

  public static LabCase workload(String expectation) {
    return one(CaseKind.WORKLOAD, expectation);
  }

  public static LabCase one(CaseKind kind, String expectation) {
    String yaml = "title: a title\nexpect: " + expectation + "\n";
    try {
      CaseDescriptor descriptor = new YAMLMapper().readValue(yaml, CaseDescriptor.class);
      return new LabCase(kind, "name", Path.of("name"), descriptor);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Observation observation(
      List<Observation.SeenAlert> alerts, @Nullable Boolean effect, JsonNode... reports) {
    List<Observation.SeenEvidence> evidence =
        java.util.Arrays.stream(reports)
            .map(report -> new Observation.SeenEvidence("e", "sealed", 9_000, 12_000, report, null))
            .toList();
    return new Observation(
        null,
        List.of(new Observation.Sent(1_000, "GET /a"), new Observation.Sent(2_000, "GET /b")),
        alerts,
        evidence,
        effect,
        2);
  }

  public static Observation.SeenAlert alert(long receivedAt, String level, String title) {
    return new Observation.SeenAlert(receivedAt, "r", level, title, "", List.of());
  }

  /** A report with findings, each as {@code analysis|severity|title|text}. */
  public static JsonNode report(String... findings) {
    ObjectMapper json = new ObjectMapper();
    var report = json.createObjectNode();
    var list = report.putArray("findings");
    for (String finding : findings) {
      String[] parts = finding.split("\\|");
      list.addObject()
          .put("analysis", parts[0])
          .put("severity", parts[1])
          .put("title", parts[2])
          .put("text", parts[3]);
    }
    return report;
  }
}
