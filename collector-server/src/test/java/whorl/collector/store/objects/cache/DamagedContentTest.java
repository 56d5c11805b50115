package whorl.collector.store.objects.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.collector.store.objects.WrongContentException;
import whorl.evidence.Digest;

class DamagedContentTest {
  private static final Digest ONE = Digest.of(new byte[] {1});
  private static final Digest OTHER = Digest.of(new byte[] {2});

  private final List<String> log = new ArrayList<>();
  private long now = Long.MAX_VALUE;
  private final DamagedContent damaged = new DamagedContent(() -> now, log::add);

  @Test
  void damagedContent_isLogged_onceAMinuteEach() {
    refused(ONE, OTHER);
    assertThat(log).singleElement().asString().contains(ONE.hex(), OTHER.hex(), "damaged");
    refused(ONE, OTHER);
    assertThat(log).hasSize(1);
    refused(OTHER, ONE);
    assertThat(log).hasSize(2);

    now += Duration.ofMinutes(1).toNanos();
    refused(ONE, OTHER);
    refused(ONE, OTHER);

    assertThat(log).hasSize(3);
  }

  @Test
  void rightContent_isNotLogged() {
    assertThatCode(() -> damaged.compare(ONE, Digest.of(new byte[] {1})))
        .doesNotThrowAnyException();
    assertThat(log).isEmpty();
  }

  private void refused(Digest expected, Digest found) {
    assertThatThrownBy(() -> damaged.compare(expected, found))
        .isInstanceOf(WrongContentException.class);
  }
}
