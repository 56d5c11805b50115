package whorl.agent.hook.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class RecentDestinationsTest {
  private static final long NOW = 1_000_000_000_000L;

  private final RecentDestinations recent = new RecentDestinations();
  private final Object socket = new Object();

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }

  private boolean isNew(Object from, String to, int port, String request)
      throws UnknownHostException {
    return recent.isNew(from, address(to), port, request, NOW);
  }

  @Test
  void isNew_sameAgain_isTrueOnceInAWindow() throws Exception {
    assertThat(isNew(socket, "127.0.0.1", 53, null)).isTrue();
    assertThat(isNew(socket, "127.0.0.1", 53, null)).isFalse();
    assertThat(recent.isNew(socket, address("127.0.0.1"), 53, null, NOW + 20_000_000_000L))
        .isTrue();
  }

  /** 31 times the first address plus its port equals 31 times the second plus its port. */
  @Test
  void isNew_targetsWithEqualHash_areDistinguished() throws Exception {
    assertThat(isNew(socket, "127.0.0.2", 9100, null)).isTrue();
    assertThat(isNew(socket, "127.0.0.1", 9131, null)).isTrue();
  }

  @Test
  void isNew_anyPartDiffers_isTrue() throws Exception {
    assertThat(isNew(socket, "::1", 53, null)).isTrue();
    assertThat(isNew(socket, "::2", 53, null)).isTrue();
    assertThat(isNew(socket, "::1", 54, null)).isTrue();
    assertThat(isNew(new Object(), "::1", 53, null)).isTrue();
    assertThat(isNew(socket, "::1", 53, "request")).isTrue();
  }

  @Test
  void isNew_manyTargets_areEachNewOnce() throws Exception {
    int count = 0;
    for (int host = 1; host < 100; host++) {
      for (int port = 9000; port < 9100; port++) {
        count += isNew(socket, "10.0.0." + host, port, null) ? 1 : 0;
      }
    }
    assertThat(count).isEqualTo(9900);
  }
}
