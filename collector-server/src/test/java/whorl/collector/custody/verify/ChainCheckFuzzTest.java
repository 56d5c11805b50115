package whorl.collector.custody.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import whorl.collector.custody.log.ChainCheck;
import whorl.collector.custody.log.CommittedRecords;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** Lines of a custody log: any line that is not the next entry is reported. */
class ChainCheckFuzzTest {
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");
  private static final Id EVIDENCE = new Id("evidence-1");
  private static final CustodyEntry FIRST =
      CustodyEntry.chained(
          0, TIME, "received", EVIDENCE, "agent agent-0001", Map.of("n", "1"), null, null);

  @FuzzTest
  void anyLine_isTheNextEntryOrAProblem(byte[] input) {
    ChainCheck chain = new ChainCheck(null);
    assertThat(chain.next(Json.bytes(FIRST)).problem()).isNull();
    ChainCheck.Step step = chain.next(input);
    CustodyEntry entry = step.entry();
    if (step.problem() == null) {
      assertThat(entry).isNotNull();
      assertThat(entry.intact()).isTrue();
      assertThat(entry.sequence()).isEqualTo(1);
      assertThat(entry.prev()).isEqualTo(FIRST.hash());
    } else {
      assertThat(step.problem()).isNotBlank();
    }
  }

  @FuzzTest
  void anyLines_areAHistoryOrProblems(byte[] input) {
    VerificationReport.Builder report = new VerificationReport.Builder("evidence-1");
    List<byte[]> lines =
        List.of(new String(input, StandardCharsets.UTF_8).split("\n", -1)).stream()
            .map(line -> line.getBytes(StandardCharsets.UTF_8))
            .toList();
    List<CustodyEntry> history = Verification.history(EVIDENCE, lines, report);
    CommittedRecords.of(history);
    new PurgeCheck(history).report(true, report);
    if (history.size() < lines.size()) {
      assertThat(report.build(TIME).problems()).isNotEmpty();
    }
  }
}
