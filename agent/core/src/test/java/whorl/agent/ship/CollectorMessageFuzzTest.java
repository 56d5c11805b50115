package whorl.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;
import whorl.evidence.channel.HuntQuestion;
import whorl.evidence.channel.ProbeRequest;

/** Messages over the channel; the sender may be an attacker who has the collector's address. */
class CollectorMessageFuzzTest {
  @FuzzTest
  void anyText_isAMessageOrRefused(byte[] input) {
    CollectorMessage message;
    try {
      message =
          Json.LENIENT.readValue(new String(input, StandardCharsets.UTF_8), CollectorMessage.class);
    } catch (IOException | IllegalArgumentException notUnderstood) {
      return;
    }
    if (message instanceof CollectorMessage.Hunt hunt) {
      assertThat(hunt.limit()).isBetween(1, AgentMessage.HuntAnswer.ROWS_MAX);
      assertThat(hunt.windowSeconds()).isNotNegative();
      assertThat(HuntQuestion.KINDS).contains(hunt.question().kind());
    } else if (message instanceof CollectorMessage.Probe probe) {
      ProbeRequest request = probe.request();
      assertThat(request.seconds()).isPositive();
      assertThat(request.calls()).isPositive();
      assertThat(request.type()).doesNotContain("/", ";");
    } else if (message instanceof CollectorMessage.StartCapture capture) {
      assertThat(capture.artifacts()).isNotNull();
    } else if (message instanceof CollectorMessage.RulesWanted wanted) {
      assertThat(wanted.sets()).isNotNull();
    }
  }
}
