package whorl.evidence.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.evidence.Id;
import whorl.evidence.Json;

class HuntMessagesTest {
  private static final Id HUNT = new Id("hunt-0001");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"rule\":\"title: x\"}",
        "{\"class\":{\"name\":\"com.evil.*\"}}",
        "{\"class\":{\"sha256\":\"0123456789abcdef0123456789abcdef"
            + "0123456789abcdef0123456789abcdef\"}}",
        "{\"library\":{\"name\":\"log4j-core\",\"version\":\"<2.17.1\"}}",
        "{\"connection\":{\"address\":\"10.0.0.0/8\",\"port\":443}}",
        "{\"connection\":{\"host\":\"*.example.com\"}}",
        "{\"registration\":{\"kind\":\"filter\",\"class\":\"com.evil.*\"}}"
      })
  void hunt_isReadBackAsItWasWritten(String json) throws IOException {
    HuntQuestion question = Json.MAPPER.readValue(json, HuntQuestion.class);
    CollectorMessage hunt = new CollectorMessage.Hunt(HUNT, question, 600, 20);

    String text = Json.text(hunt);

    assertThat(text)
        .isEqualTo(
            "{\"type\":\"hunt\",\"hunt\":\"hunt-0001\",\"question\":"
                + json
                + ",\"windowSeconds\":600,\"limit\":20}");
    assertThat(Json.MAPPER.readValue(text, CollectorMessage.class)).isEqualTo(hunt);
  }

  @Test
  void answer_isReadBackAsItWasWritten() throws IOException {
    AgentMessage answer =
        new AgentMessage.HuntAnswer(
            HUNT,
            HuntState.ANSWERED,
            null,
            List.of(
                new HuntRow(
                    "com.evil.Shell",
                    Instant.EPOCH,
                    null,
                    "main",
                    "r1",
                    Map.of("loaded", true, "stack", List.of("a.B.c(B.java:1)")))),
            7,
            4_711,
            "more than 1 rows match",
            Instant.EPOCH,
            Instant.EPOCH,
            12,
            List.of("a note"));

    assertThat(Json.MAPPER.readValue(Json.text(answer), AgentMessage.class)).isEqualTo(answer);
  }

  @Test
  void question_askingTwoThings_isRefused() {
    assertThatThrownBy(
            () -> new HuntQuestion("x", new HuntQuestion.OfClass("y", null), null, null, null))
        .hasMessage(
            "a hunt asks exactly one of rule, class, library, connection, registration, not 2 of"
                + " them");
  }

  @Test
  void rule_isAnIdOrAText() {
    assertThat(new HuntQuestion("97d7c5c5-a4c3", null, null, null, null).namesRule()).isTrue();
    assertThat(new HuntQuestion("title: x\n", null, null, null, null).namesRule()).isFalse();
  }

  @Test
  void answerWithTooManyRows_isRefused() {
    HuntRow row = new HuntRow("x", null, null, null, null, Map.of());

    assertThatThrownBy(
            () ->
                new AgentMessage.HuntAnswer(
                    HUNT,
                    HuntState.ANSWERED,
                    null,
                    java.util.Collections.nCopies(101, row),
                    101,
                    101,
                    null,
                    null,
                    null,
                    0,
                    List.of()))
        .hasMessage("rows has 101 entries; at most 100 are allowed");
  }

  @Test
  void peersOfAnEarlierVersion_ignoreWhatTheyDoNotKnow() throws IOException {
    // How both sides read a message: a field of a later version is passed over.
    AgentMessage read =
        Json.LENIENT.readValue(
            "{\"type\":\"hunt-answer\",\"hunt\":\"hunt-0001\",\"state\":\"answered\",\"later\":1}",
            AgentMessage.class);

    assertThat(read)
        .isEqualTo(
            new AgentMessage.HuntAnswer(
                HUNT, HuntState.ANSWERED, null, List.of(), 0, 0, null, null, null, 0, List.of()));
  }
}
