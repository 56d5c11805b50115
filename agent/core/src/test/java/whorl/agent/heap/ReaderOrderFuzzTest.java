package whorl.agent.heap;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * Orders to the heap's reader are either refused, or written in the same form as they were read.
 */
class ReaderOrderFuzzTest {
  @FuzzTest
  void anyOrder_isRefusedOrWrittenTheSame(byte[] input) throws IOException {
    ReaderOrder order;
    try {
      order = ReaderOrder.readFrom(new DataInputStream(new ByteArrayInputStream(input)));
    } catch (IOException refused) {
      return;
    }
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    order.writeTo(new DataOutputStream(written));
    ReaderOrder again =
        ReaderOrder.readFrom(new DataInputStream(new ByteArrayInputStream(written.toByteArray())));
    ByteArrayOutputStream second = new ByteArrayOutputStream();
    again.writeTo(new DataOutputStream(second));
    assertThat(second.toByteArray()).isEqualTo(written.toByteArray());
  }
}
