package whorl.collector.http.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.limits.LoginLedger;
import whorl.collector.testkit.EachEngine;

class LoginLimitTest extends EachEngine {
  private List<LoginLimit> all() {
    return List.of(
        new LocalLoginLimit(time),
        new SharedLoginLimit(
            new LoginLedger(one, ledgerTime, LoginLimit.BURST, LoginLimit.PERIOD)));
  }

  @Test
  void eleventhFailure_isRefused_withTheTimeToWait() throws IOException {
    for (LoginLimit limit : all()) {
      for (int i = 0; i < 10; i++) {
        limit.failed("192.0.2.1");
      }
      assertThatThrownBy(() -> limit.failed("192.0.2.1"))
          .isInstanceOfSatisfying(
              ProblemException.class,
              refused -> {
                assertThat(refused.status()).isEqualTo(429);
                assertThat(refused.headers()).containsEntry("Retry-After", "7");
              });
      limit.failed("192.0.2.2");
    }
  }

  @Test
  void ipv6Network_sharesTheLimit() throws IOException {
    for (LoginLimit limit : all()) {
      for (int i = 0; i < 10; i++) {
        limit.failed("2001:db8::" + i);
      }
      assertThatThrownBy(() -> limit.failed("2001:db8::a:b:c:d"))
          .isInstanceOf(ProblemException.class);
      limit.failed("2001:db8:0:1::1");
    }
  }

  @Test
  void localLimit_remembersABoundedNumberOfAddresses() {
    LocalLoginLimit limit = new LocalLoginLimit(time);
    for (int i = 0; i < 20_000; i++) {
      limit.failed("2001:db8:0:" + Integer.toHexString(i) + "::1");
    }
    assertThat(limit.remembered()).isEqualTo(4_096);
  }
}
