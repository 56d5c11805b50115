package whorl.collector.fleet.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import whorl.collector.fleet.agents.FleetCounters;
import whorl.evidence.EventLine;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentMessage;

/**
 * Any message of an agent is parsed, ignored or closes its connection, and never causes a failure.
 */
class MessageReaderFuzzTest {
  private final MessageReader reader = new MessageReader(new FleetCounters());

  @FuzzTest
  void anyMessage_isUnderstoodOrEndsTheConnection(byte[] input) throws IOException {
    MessageReader.Reading reading = reader.read(new String(input, StandardCharsets.UTF_8));
    if (reading instanceof MessageReader.Reading.Malformed malformed) {
      assertThat(malformed.code()).isBetween(1007, 1009);
      // RFC 6455, 5.5: a control frame has at most 125 bytes, including two for the code.
      assertThat(malformed.reason().getBytes(StandardCharsets.UTF_8).length)
          .isLessThanOrEqualTo(123);
    } else if (reading instanceof MessageReader.Reading.Parsed understood) {
      assertStorable(understood.message());
    }
  }

  private static void assertStorable(AgentMessage message) throws IOException {
    byte[] written = Json.bytes(message);
    assertThat(Json.bytes(Json.MAPPER.readValue(written, AgentMessage.class))).isEqualTo(written);
    if (message instanceof AgentMessage.Journal journal && journal.events() != null) {
      for (EventLine event : journal.events()) {
        assertThat(event.time()).isNotNull();
        assertThat(event.type()).isNotBlank();
      }
    }
  }
}
