package whorl.collector.store.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import whorl.collector.testkit.EachEngine;

class LoginLedgerTest extends EachEngine {
  @Test
  void failures_areCountedAtAllCollectors() throws IOException {
    LoginLedger here = new LoginLedger(one, ledgerTime, 10, Duration.ofSeconds(6));
    LoginLedger there = new LoginLedger(other, ledgerTime, 10, Duration.ofSeconds(6));
    for (int i = 0; i < 10; i++) {
      assertThat((i % 2 == 0 ? here : there).failed("192.0.2.1")).isZero();
    }

    assertThat(here.failed("192.0.2.1")).isEqualTo(Duration.ofSeconds(6));
    assertThat(there.failed("192.0.2.1")).isEqualTo(Duration.ofSeconds(6));
    assertThat(there.failed("192.0.2.2")).isZero();
    time.pass(Duration.ofSeconds(6));
    assertThat(there.failed("192.0.2.1")).isZero();
    assertThat(here.failed("192.0.2.1")).isEqualTo(Duration.ofSeconds(6));
  }

  @Test
  void forget_keepsNetworksThatMustWait_upToALimit() throws IOException {
    LoginLedger ledger = new LoginLedger(one, ledgerTime, 10, Duration.ofSeconds(6));
    one.inTransaction(
        () -> {
          for (int i = 0; i < 4_100; i++) {
            ledger.failed("network " + i);
          }
          return null;
        });

    assertThat(ledger.forget()).isEqualTo(4);
    time.pass(Duration.ofSeconds(6));
    assertThat(ledger.forget()).isEqualTo(4_096);
  }
}
