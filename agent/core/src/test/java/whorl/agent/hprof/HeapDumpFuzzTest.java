package whorl.agent.hprof;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * Heap dumps are either passed on or refused. A passed dump passes again unchanged, and the result
 * does not depend on the size of the reads.
 */
class HeapDumpFuzzTest {
  private static final PassLimits LIMITS = new PassLimits(4 << 20, 1024, 1 << 20, 0);

  @FuzzTest
  void anyDump_isPassedOnOrRefused(byte[] input) throws InterruptedException {
    for (Content content : new Content[] {Content.FULL, Content.REDACTED}) {
      byte[] out = pass(content, input, new byte[0], Integer.MAX_VALUE);
      if (out != null) {
        assertThat(out.length).isLessThanOrEqualTo(input.length);
        assertThat(pass(content, input, new byte[0], 7)).isEqualTo(out);
        assertThat(pass(content, out, new byte[0], Integer.MAX_VALUE)).isEqualTo(out);
      }
    }
  }

  /** The first two bytes give the end of the main stream, where the segment stream begins. */
  @FuzzTest
  void anyTwoStreams_arePassedOnOrRefused(byte[] input) throws InterruptedException {
    if (input.length < 2) {
      return;
    }
    int at = 2 + ((input[0] & 0xFF) << 8 | input[1] & 0xFF) % (input.length - 1);
    byte[] main = Arrays.copyOfRange(input, 2, at);
    byte[] segment = Arrays.copyOfRange(input, at, input.length);
    byte[] out = pass(Content.REDACTED, main, segment, Integer.MAX_VALUE);
    if (out != null) {
      assertThat(out.length).isLessThanOrEqualTo(input.length);
      assertThat(pass(Content.REDACTED, out, new byte[0], Integer.MAX_VALUE)).isEqualTo(out);
    }
  }

  /** Null if it is refused. */
  private static byte[] pass(Content content, byte[] main, byte[] segment, int atOnce)
      throws InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      PassResult result =
          new HeapDumpPass(content, LIMITS, Passing::thread)
              .run(Passing.in(main, atOnce), Passing.in(segment, atOnce), out);
      assertThat(result.bytesOut()).isEqualTo(out.size());
      return out.toByteArray();
    } catch (IOException refused) {
      assertThat(refused.getMessage()).isNotBlank();
      return null;
    }
  }
}
