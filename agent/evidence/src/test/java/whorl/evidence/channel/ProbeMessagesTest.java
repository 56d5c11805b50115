package whorl.evidence.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.evidence.Id;
import whorl.evidence.Json;

class ProbeMessagesTest {
  private static final Id PROBE = new Id("probe-0001");
  private static final ProbeCall CALL =
      new ProbeCall(
          1,
          Instant.EPOCH,
          "main",
          "find(java.lang.String)",
          List.of("customer: java.lang.String of 5 characters"),
          "java.io.IOException",
          4_711,
          "r1",
          List.of("a.B.c(B.java:1)"));

  @Test
  void probe_isReadBackAsItWasWritten() throws IOException {
    CollectorMessage probe =
        new CollectorMessage.Probe(
            PROBE,
            new ProbeRequest(
                "com.example.Orders$Line",
                "find",
                "([Ljava/lang/String;I)V",
                60,
                9,
                true,
                true,
                false));

    String text = Json.text(probe);

    assertThat(text).startsWith("{\"type\":\"probe\",\"probe\":\"probe-0001\"");
    assertThat(text).contains("\"class\":\"com.example.Orders$Line\"");
    assertThat(Json.MAPPER.readValue(text, CollectorMessage.class)).isEqualTo(probe);
    CollectorMessage end = new CollectorMessage.ProbeEnd(PROBE);
    assertThat(Json.MAPPER.readValue(Json.text(end), CollectorMessage.class)).isEqualTo(end);
  }

  @Test
  void report_isReadBackAsItWasWritten() throws IOException {
    AgentMessage report =
        new AgentMessage.ProbeReport(
            PROBE,
            ProbeState.ENDED,
            "its time is over",
            List.of("com.example.Orders#find(java.lang.String)"),
            List.of(CALL),
            1,
            2,
            3,
            true,
            List.of("a note"));

    assertThat(Json.MAPPER.readValue(Json.text(report), AgentMessage.class)).isEqualTo(report);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "com.example.* | find | | 60 | 100 | class: not the exact name of a class",
        "com/example/Orders | find | | 60 | 100 | class: not the exact name of a class",
        "| find | | 60 | 100 | class is missing",
        "a.B | <init> | | 60 | 100 | constructors and class initialisers cannot be probed",
        "a.B | <clinit> | | 60 | 100 | constructors and class initialisers cannot be probed",
        "a.B | fi nd | | 60 | 100 | method: not the name of a method",
        "a.B | find | V | 60 | 100 | descriptor: not a method's descriptor",
        "a.B | find | | 0 | 100 | seconds: not a number from 1 to 600: 0",
        "a.B | find | | 601 | 100 | seconds: not a number from 1 to 600: 601",
        "a.B | find | | 60 | 1001 | calls: not a number from 1 to 1000: 1001"
      })
  void badRequest_isRefused(
      String type, String method, String descriptor, int seconds, int calls, String message) {
    assertThatThrownBy(
            () -> new ProbeRequest(type, method, descriptor, seconds, calls, false, false, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void reportWithTooManyCalls_isRefused() {
    assertThatThrownBy(
            () ->
                new AgentMessage.ProbeReport(
                    PROBE,
                    ProbeState.RUNNING,
                    null,
                    List.of(),
                    Collections.nCopies(21, CALL),
                    21,
                    0,
                    0,
                    null,
                    List.of()))
        .hasMessage("calls has 21 entries; at most 20 are allowed");
  }
}
