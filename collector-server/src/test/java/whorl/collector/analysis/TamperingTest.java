package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.analysis.trail.ProcessFile;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.objects.FolderStore;

/** What was done to the JVM and to Whorl, and by which agent. */
class TamperingTest extends AnalysisFixture {
  @Test
  void agentThatTheCommandLineNames_isNoWayIn_andNoTampering() throws Exception {
    rows.on(
        "java.instrument/sun.instrument.InstrumentationImpl.loadClassAndCallPremain"
            + "(InstrumentationImpl.java:586)");
    rows.event("whorl.AgentLoad", "jar", "/app/other-agent.jar");

    assertThat(report().findings()).noneMatch(finding -> finding.severity().atLeast(Severity.LOW));
  }

  /** Its signed facts name its jar; any other agent is a finding, also one with a similar name. */
  @Test
  void ownAgentLoadedLate_isNoTampering_andOthersAre() throws Exception {
    String own = "/tmp/whorl-attach-0123456789abcdef/whorl-agent.jar";
    rows.event("jdk.JavaAgent", "name", own, "dynamic", true);
    AnalysisContext context =
        Analyses.context(
            rows.timeline,
            FolderStore.existing(new DataFolder(Path.of("nowhere"))),
            Evidences.of(Rows.EVIDENCE),
            Evidences.READY);

    assertThat(tampering(context, own)).isEmpty();
    assertThat(tampering(context, null)).hasSize(1);
    assertThat(tampering(context, "/tmp/other.jar")).hasSize(1);
  }

  private static List<Finding> tampering(AnalysisContext context, @Nullable String agentJar)
      throws Exception {
    return Analyses.run(
            new AnalysisContext(
                context.evidence(),
                context.index(),
                context.timeline(),
                context.trail(),
                context.jars(),
                new ProcessFile(null, agentJar, List.of()),
                context.gap(),
                context.damaged()))
        .report()
        .findings()
        .stream()
        .filter(finding -> finding.title().contains("agent was loaded"))
        .toList();
  }

  @Test
  void tampering_withTheRecording_isHigh_forARequestCritical() throws Exception {
    rows.event("whorl.Tamper", "what", "recording-stopped", "target", "1");

    assertThat(only("tampering").severity()).isEqualTo(Severity.HIGH);

    addInjection("r1");
    rows.of("r1", "whorl.Tamper", "what", "recording-stopped", "target", "1");
    addAnsweredRequest("r1");

    assertThat(only("tampering").severity()).isEqualTo(Severity.CRITICAL);
    assertThat(report().summary()).contains("tampered with: the flight recording was stopped");
  }
}
