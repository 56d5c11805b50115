package whorl.collector.notify.targets;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What servers that get notifications may answer: taken, or a failure with a reason. */
class ServerAnswersFuzzTest {
  private static final int HELD_MILLIS = 500;
  private static ServerSocket server;
  private static volatile byte[] answer = new byte[0];

  @BeforeAll
  static void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getByName("localhost"));
    Thread thread = new Thread(ServerAnswersFuzzTest::serve);
    thread.setDaemon(true);
    thread.start();
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  private static void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        socket.setSoTimeout(HELD_MILLIS);
        socket.getOutputStream().write(answer);
        socket.shutdownOutput();
        byte[] unused = socket.getInputStream().readAllBytes();
      } catch (IOException closed) {
        // the next one
      }
    }
  }

  @FuzzTest
  void anyHttp_isAnAnswerOrAFailure(byte[] input) {
    answer = input;
    HttpSender sender =
        new HttpSender(
            Samples.endpoint("http://localhost:" + server.getLocalPort() + "/hook"),
            Duration.ofSeconds(5));
    try {
      HttpSender.Answer taken = sender.exchange(Map.of(), "{}".getBytes(StandardCharsets.US_ASCII));
      assertThat(taken.status()).isBetween(200, 299);
      assertThat(taken.body()).hasSizeLessThanOrEqualTo(4 << 10);
    } catch (IOException failed) {
      assertThat(failed.getMessage()).isNotBlank().hasSizeLessThan(2_000);
    }
  }

  @FuzzTest
  void anySmtp_isAnAnswerOrAFailure(byte[] input) {
    answer = input;
    SmtpSettings settings =
        new SmtpSettings(
            "localhost",
            server.getLocalPort(),
            SmtpSettings.Tls.NONE,
            null,
            null,
            "whorl@example.org",
            List.of("on-call@example.org"),
            null,
            true);
    try (var target = settings.open()) {
      assertThat(target.deliver(List.of(Samples.message()))).hasSizeLessThan(2_000);
    } catch (IOException failed) {
      assertThat(failed.getMessage()).isNotBlank().hasSizeLessThan(2_000);
    }
  }

  @FuzzTest
  void anyRetryAfter_isATimeOrNone(byte[] input) {
    Duration after = HttpSender.time(new String(input, StandardCharsets.ISO_8859_1));
    if (after != null) {
      assertThat(after).isBetween(Duration.ZERO, Duration.ofHours(6));
    }
  }
}
