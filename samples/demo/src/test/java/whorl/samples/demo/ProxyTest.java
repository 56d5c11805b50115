package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The way that breaks on demand, against a server that sends back what it gets. */
@Timeout(30)
final class ProxyTest {
  private static final int TIMEOUT_MILLIS = 300;

  private final AtomicLong receivedBytes = new AtomicLong();
  private ServerSocket server;
  private Proxy proxy;

  ProxyTest() throws IOException {
    server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    proxy = new Proxy(server.getLocalPort());
  }

  @BeforeEach
  void echo() {
    Thread accepting =
        new Thread(
            () -> {
              while (true) {
                try {
                  Socket client = server.accept();
                  Thread echoing = new Thread(() -> echo(client));
                  echoing.setDaemon(true);
                  echoing.start();
                } catch (IOException closed) {
                  return;
                }
              }
            });
    accepting.setDaemon(true);
    accepting.start();
  }

  @AfterEach
  void close() throws IOException {
    proxy.close();
    server.close();
  }

  private void echo(Socket client) {
    byte[] buffer = new byte[8192];
    try (client) {
      for (int n = client.getInputStream().read(buffer);
          n >= 0;
          n = client.getInputStream().read(buffer)) {
        receivedBytes.addAndGet(n);
        client.getOutputStream().write(buffer, 0, n);
      }
    } catch (IOException gone) {
      // As tests want it.
    }
  }

  @Test
  void bytes_withoutFault_goBothWays() throws IOException {
    try (Socket client = connect()) {
      assertThat(exchange(client, 200_000)).isEqualTo(200_000);
      assertThat(proxy.upBytes()).isEqualTo(200_000);
    }
  }

  @Test
  void stall_afterSoManyBytes_letsNotOneMoreThroughAndKeepsTheConnection() throws IOException {
    AtomicLong alarms = new AtomicLong();
    proxy.breakAfter(100_000, Proxy.Fault.STALL, alarms::incrementAndGet);
    try (Socket client = connect()) {
      assertThatThrownBy(() -> exchange(client, 150_000))
          .isInstanceOf(SocketTimeoutException.class);

      assertThat(receivedBytes).hasValue(100_000);
      assertThat(proxy.firedNanos()).isNotZero();
      assertThat(alarms).hasValue(1);
    }
  }

  @Test
  void cut_afterSoManyBytes_closesAndRefuses() throws IOException {
    proxy.breakAfter(100_000, Proxy.Fault.CUT, null);
    try (Socket client = connect()) {
      assertThatThrownBy(() -> exchange(client, 300_000)).isInstanceOf(IOException.class);
      assertThat(receivedBytes.get()).isLessThanOrEqualTo(100_000);
      Waiting.until("refusal", Duration.ofSeconds(10), () -> refused() ? true : null);
    }
  }

  @Test
  void heal_afterACutAndAfterAStall_servesAgain() throws IOException {
    proxy.breakAfter(10, Proxy.Fault.CUT, null);
    try (Socket client = connect()) {
      assertThatThrownBy(() -> exchange(client, 300_000)).isInstanceOf(IOException.class);
    }
    proxy.heal();
    try (Socket client = connect()) {
      assertThat(exchange(client, 100)).isEqualTo(100);
    }
    proxy.breakAfter(10, Proxy.Fault.STALL, null);
    try (Socket client = connect()) {
      assertThatThrownBy(() -> exchange(client, 300)).isInstanceOf(SocketTimeoutException.class);
    }
    proxy.heal();
    try (Socket client = connect()) {
      assertThat(exchange(client, 100)).isEqualTo(100);
    }
  }

  @Test
  void throttle_ofAMebibyteASecond_takesHalfASecondForHalfAMebibyte() throws IOException {
    proxy.throttle(1 << 20);
    long start = System.nanoTime();
    try (Socket client = connect()) {
      client.setSoTimeout(5_000);
      // Both ways together.
      assertThat(exchange(client, 1 << 18)).isEqualTo(1 << 18);
    }
    assertThat((System.nanoTime() - start) / 1_000_000).isBetween(400L, 3_000L);
  }

  private boolean refused() {
    try (Socket taken = connect()) {
      return false;
    } catch (ConnectException refused) {
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Socket connect() throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.url().getPort());
    client.setSoTimeout(TIMEOUT_MILLIS);
    return client;
  }

  private static int exchange(Socket client, int bytes) throws IOException {
    Thread writing =
        new Thread(
            () -> {
              try {
                client.getOutputStream().write(new byte[bytes]);
              } catch (IOException gone) {
                // The reader sees it.
              }
            });
    writing.setDaemon(true);
    writing.start();
    byte[] answer = client.getInputStream().readNBytes(bytes);
    if (answer.length < bytes) {
      throw new IOException("only " + answer.length + " bytes came back");
    }
    return answer.length;
  }
}
