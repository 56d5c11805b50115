package whorl.collector.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RatesTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Rates rates = new Rates(3, Duration.ofMinutes(1), nanos::get);

  @Test
  void eachClient_hasAQuotaInEachWindow() {
    assertThat(rates.take("a", 2)).isTrue();
    assertThat(rates.take("a", 1)).isTrue();
    assertThat(rates.take("a", 1)).isFalse();
    assertThat(rates.take("b", 9)).as("the first request may exceed the quota").isTrue();
    assertThat(rates.take("b", 1)).isFalse();

    nanos.addAndGet(Duration.ofMinutes(1).toNanos() + 1);
    assertThat(rates.take("a", 3)).isTrue();
  }

  /** Ten thousand JVMs have ten thousand addresses, and each must have its own quota. */
  @Test
  void manyClients_haveTheirOwnQuota_andFurtherOnesShareOne() {
    for (int i = 0; i < 20_000; i++) {
      assertThat(rates.take("client " + i, 1)).isTrue();
    }
    for (int i = 0; i < 3; i++) {
      assertThat(rates.take("further " + i, 1)).isTrue();
    }
    assertThat(rates.take("further 3", 1)).isFalse();
    assertThat(rates.take("client 7", 2)).isTrue();

    nanos.addAndGet(Duration.ofMinutes(1).toNanos() + 1);
    assertThat(rates.take("further 3", 3)).isTrue();
    assertThat(rates.take("further 4", 3)).isTrue();
  }
}
