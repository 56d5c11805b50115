package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.VirtualThreads;

/** Following tasks between threads does not get into the way of those that hand them on. */
class HandoverIT {
  static Stream<Jdk> jdksWithVirtualThreads() throws IOException {
    return Jdk.installed().stream().filter(jdk -> jdk.feature() >= 21);
  }

  @ParameterizedTest
  @MethodSource("jdksWithVirtualThreads")
  void thousandsOfVirtualThreads_parkedAndPinned_allEnd(Jdk jdk) throws Exception {
    ChildJvm.Outcome outcome =
        new ChildJvm(jdk.home())
            .withAgent()
            .variable("WHORL_HEAP", "off")
            .run(VirtualThreads.class);

    assertThat(outcome.out()).as(outcome.err()).isEqualTo("5000\n");
    assertThat(outcome.err().lines()).as(outcome.err()).hasSize(1);
  }
}
