package whorl.collector.receive.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import whorl.evidence.Digest;

class RunningSha256Test {
  @Test
  void stateAtAnyByte_goesOnElsewhere() {
    byte[] content = new byte[300];
    new Random(3).nextBytes(content);
    for (int at = 0; at <= content.length; at++) {
      RunningSha256 first = RunningSha256.of("");
      first.update(ByteBuffer.wrap(content, 0, at));
      RunningSha256 second = RunningSha256.of(first.state());
      ByteBuffer direct = ByteBuffer.allocateDirect(content.length - at);
      direct.put(content, at, content.length - at).flip();
      second.update(direct);

      assertThat(second.digest()).as("state after %d bytes", at).isEqualTo(Digest.of(content));
      assertThat(second.digest()).as("asking changes nothing").isEqualTo(Digest.of(content));
    }
  }
}
