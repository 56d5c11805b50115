package whorl.collector.custody.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class VerificationReportTest {
  /** As of a folder with hundreds of bags, which have some notes each. */
  @Test
  void notesBeyondTheLimit_areCounted() {
    VerificationReport.Builder builder = new VerificationReport.Builder("folder");
    for (int i = 0; i < 1_003; i++) {
      builder.note("note " + i);
    }

    VerificationReport report = builder.build(Instant.EPOCH);

    assertThat(report.notes())
        .hasSize(1_001)
        .endsWith("note 999", "and 3 more notes; verify fewer at a time to see them");
    assertThat(report.verified()).isTrue();
  }
}
