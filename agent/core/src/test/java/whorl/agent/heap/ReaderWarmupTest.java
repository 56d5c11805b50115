package whorl.agent.heap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import whorl.agent.hprof.PassResult;
import whorl.evidence.HeapFacts;

class ReaderWarmupTest {
  @Test
  void run_anyContent_passesObjectsOfEveryKind() throws Exception {
    for (HeapFacts.Content content : HeapFacts.Content.values()) {
      HeapFilter filter =
          new HeapFilter(
              content,
              null,
              4 << 20,
              work -> {
                Thread thread = new Thread(work);
                thread.setDaemon(true);
                return thread;
              });

      PassResult result = ReaderWarmup.run(filter);

      assertThat(result.instances()).isEqualTo(6_000);
      assertThat(result.primitiveArrays()).isEqualTo(6_000);
      assertThat(result.objectArrays()).isEqualTo(6_000);
      assertThat(result.instancesBlanked()).isZero();
    }
  }
}
