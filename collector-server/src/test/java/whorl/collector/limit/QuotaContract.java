package whorl.collector.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What holds for every quota. */
interface QuotaContract {
  Duration WINDOW = Duration.ofMinutes(1);

  Quota quota(int max, int maxClients);

  void pass(Duration time);

  @Test
  default void eachClient_hasAQuotaInEachWindow() throws IOException {
    Quota quota = quota(3, 100);
    assertThat(quota.max()).isEqualTo(3);
    assertThat(quota.window()).isEqualTo(WINDOW);
    assertThat(quota.take("a", 2)).isTrue();
    assertThat(quota.take("a", 1)).isTrue();
    assertThat(quota.take("a", 1)).isFalse();
    assertThat(quota.take("b", 9)).as("the first request may exceed the quota").isTrue();
    assertThat(quota.take("b", 1)).isFalse();

    pass(WINDOW.plusMillis(1));
    assertThat(quota.take("a", 3)).isTrue();
    assertThat(quota.take("a", 1)).isFalse();
    assertThat(quota.take("b", 1)).isTrue();
  }

  @Test
  default void largeQuota_isUsedToTheEnd() throws IOException {
    Quota quota = quota(1_000, 100);
    for (int i = 0; i < 333; i++) {
      assertThat(quota.take("a", 3)).isTrue();
    }
    assertThat(quota.take("a", 2)).isFalse();
    assertThat(quota.take("a", 1)).isTrue();
    assertThat(quota.take("a", 1)).isFalse();
  }

  @Test
  default void manyClients_haveTheirOwnQuota_andFurtherOnesShareOne() throws IOException {
    Quota quota = quota(3, 100);
    for (int i = 0; i < 100; i++) {
      assertThat(quota.take("client " + i, 1)).isTrue();
    }
    for (int i = 0; i < 3; i++) {
      assertThat(quota.take("further " + i, 1)).isTrue();
    }
    assertThat(quota.take("further 3", 1)).isFalse();
    assertThat(quota.take("client 7", 2)).isTrue();

    pass(WINDOW.plusMillis(1));
    assertThat(quota.take("further 3", 3)).isTrue();
    assertThat(quota.take("further 4", 3)).isTrue();
  }
}
