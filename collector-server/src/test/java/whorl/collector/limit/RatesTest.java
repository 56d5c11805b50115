package whorl.collector.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RatesTest implements QuotaContract {
  private final AtomicLong nanos = new AtomicLong();

  @Override
  public Quota quota(int max, int maxClients) {
    return new Rates(max, WINDOW, nanos::get, maxClients);
  }

  @Override
  public void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void hugeCount_doesNotPass_asIfItWereNegative() {
    Rates rates = new Rates(10, WINDOW, nanos::get);
    assertThat(rates.take("a client", 1)).isTrue();
    assertThat(rates.take("a client", Integer.MAX_VALUE)).isFalse();
    assertThat(rates.take("a client", 9)).isTrue();
    assertThat(rates.take("a client", 1)).isFalse();
  }

  /** Ten thousand JVMs have ten thousand addresses, and each must have its own quota. */
  @Test
  void twentyThousandClients_haveTheirOwnQuota() {
    Rates rates = new Rates(1, WINDOW, nanos::get);
    for (int i = 0; i < 20_000; i++) {
      assertThat(rates.take("client " + i, 1)).isTrue();
    }
    assertThat(rates.take("further", 1)).isTrue();
    assertThat(rates.take("another", 1)).isFalse();
  }
}
