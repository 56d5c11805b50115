package whorl.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Probes on classes of this JVM. */
abstract class ProbeFixture {
  ProbeRig rig;

  @BeforeEach
  void open() throws Exception {
    Class.forName(ProbeRig.ORDERS); // a class that is not loaded is not probed
    rig = new ProbeRig();
  }

  @AfterEach
  void close() {
    rig.close();
    assertThat(rig.observer.failures()).isZero();
  }
}
