package whorl.collector.custody.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.collector.custody.proof.LogProof;
import whorl.evidence.Digest;
import whorl.evidence.Json;

class OpenBagTest {
  private static final int LINES = 20_000;
  private static final long MAX_BYTES = 4 << 20;

  @Test
  void proofsOfManyLines_areCountedInLittleMemory() throws Exception {
    Digest node = Digest.of(new byte[] {1});
    LogProof.Inclusion proof = new LogProof.Inclusion(1, Collections.nCopies(16, node));
    byte[] json =
        Json.bytes(new LogProof.Paths(LINES, Collections.nCopies(LINES, proof), List.of()));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();

    assertThat(OpenBag.provenLines(new ByteArrayInputStream(json))).isEqualTo(LINES);

    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MAX_BYTES);
  }

  @Test
  void proofsThatAreDamaged_proveNothing() throws Exception {
    assertThat(proven("{\"size\":1,\"inclusion\":[{\"index\":0,\"path\":[]}],\"consistency\":[]}"))
        .isEqualTo(1);
    assertThat(proven("{\"inclusion\":[{\"index\":0")).isZero();
    assertThat(proven("{\"consistency\":[{},{}]}")).isZero();
    assertThat(proven("null")).isZero();
    assertThat(proven("[{}]")).isZero();
  }

  private static int proven(String json) throws IOException {
    return OpenBag.provenLines(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
  }
}
