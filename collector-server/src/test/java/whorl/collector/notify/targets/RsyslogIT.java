package whorl.collector.notify.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.notify.message.Target;
import whorl.collector.notify.targets.SyslogSettings.Transport;
import whorl.collector.testkit.TestAuthority;

/** Debian's rsyslog reads our messages, also after its absence. */
@Timeout(120)
class RsyslogIT {
  @TempDir private Path folder;

  private static Path rsyslogd() {
    Path found =
        Stream.of("/usr/sbin/rsyslogd", "/sbin/rsyslogd")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(null);
    if (found == null) {
      System.out.println("SKIPPED: no rsyslogd here; apt-get install rsyslog");
    }
    Assumptions.assumeTrue(found != null, "no rsyslogd");
    return found;
  }

  private Process started(Path rsyslogd, int port, String tls, String driver) throws IOException {
    Path log = folder.resolve("received.log");
    Path configuration =
        Files.writeString(
            folder.resolve("rsyslog.conf"),
            """
            global(workDirectory="FOLDER" parser.escapeControlCharactersOnReceive="off"TLS)
            module(load="imtcp"DRIVER)
            input(type="imtcp" port="PORT" address="127.0.0.1")
            template(name="all" type="string"
              string="%pri%|%app-name%|%msgid%|%structured-data%|%msg%\\n")
            *.* action(type="omfile" file="LOG" template="all" asyncWriting="off")
            """
                .replace("TLS", tls)
                .replace("DRIVER", driver)
                .replace("FOLDER", folder.toString())
                .replace("PORT", Integer.toString(port))
                .replace("LOG", log.toString()));
    Process process =
        new ProcessBuilder(
                rsyslogd.toString(),
                "-n",
                "-f",
                configuration.toString(),
                "-i",
                folder.resolve("rsyslog.pid").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("rsyslogd.out").toFile())
            .start();
    try {
      await().atMost(Duration.ofSeconds(20)).until(() -> isListening(port));
      return process;
    } catch (ConditionTimeoutException e) {
      process.destroyForcibly();
      throw new IOException(Files.readString(folder.resolve("rsyslogd.out")), e);
    }
  }

  private static boolean isListening(int port) {
    try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static void end(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }

  @Test
  void messages_areRead_withTheirStructuredData() throws Exception {
    Path rsyslogd = rsyslogd();
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    SyslogSettings settings = new SyslogSettings("127.0.0.1", port, Transport.TCP, 10, null, true);
    Process process = started(rsyslogd, port, "", "");
    try (Target target = settings.open()) {
      target.deliver(List.of(Samples.message(), Samples.message()));
      assertReceived(2);
      end(process);
      process = started(rsyslogd, port, "", "");
      target.deliver(List.of(Samples.message()));
      assertReceived(3);
    } finally {
      end(process);
    }
  }

  @Test
  void tls_isRead() throws Exception {
    Path rsyslogd = rsyslogd();
    boolean hasTls =
        Stream.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib")
            .anyMatch(each -> Files.exists(Path.of(each, "rsyslog/lmnsd_gtls.so")));
    if (!hasTls) {
      System.out.println("SKIPPED: rsyslog without TLS; apt-get install rsyslog-gnutls");
    }
    Assumptions.assumeTrue(hasTls, "no rsyslog-gnutls");
    TestAuthority authority = new TestAuthority();
    TestAuthority.Pair own =
        authority.sign("CN=localhost", new GeneralName(GeneralName.dNSName, "localhost"));
    Path ca =
        TestAuthority.write(
            folder.resolve("ca.pem"), "CERTIFICATE", authority.certificate().getEncoded());
    Path certificate =
        TestAuthority.write(
            folder.resolve("own.pem"), "CERTIFICATE", own.certificate().getEncoded());
    Path key = TestAuthority.write(folder.resolve("key.pem"), "PRIVATE KEY", withPublicKey(own));
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Process process =
        started(
            rsyslogd,
            port,
            " DefaultNetstreamDriver=\"gtls\" DefaultNetstreamDriverCAFile=\""
                + ca
                + "\" DefaultNetstreamDriverCertFile=\""
                + certificate
                + "\" DefaultNetstreamDriverKeyFile=\""
                + key
                + "\"",
            " StreamDriver.Name=\"gtls\" StreamDriver.Mode=\"1\""
                + " StreamDriver.AuthMode=\"anon\"");
    try (Target target =
        new SyslogSettings("localhost", port, Transport.TLS, 10, ca, true).open()) {
      assertThat(target.deliver(List.of(Samples.message()))).contains("TLSv1.");
      assertReceived(1);
    } finally {
      end(process);
    }
  }

  /** PKCS#8 with the public key in it, which GnuTLS wants and Java leaves out. */
  private static byte[] withPublicKey(TestAuthority.Pair pair) throws IOException {
    SubjectPublicKeyInfo publicKey =
        SubjectPublicKeyInfo.getInstance(pair.keys().getPublic().getEncoded());
    return new PrivateKeyInfo(
            publicKey.getAlgorithm(),
            new org.bouncycastle.asn1.sec.ECPrivateKey(
                256,
                ((ECPrivateKey) pair.keys().getPrivate()).getS(),
                publicKey.getPublicKeyData(),
                null))
        .getEncoded();
  }

  private void assertReceived(int number) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              List<String> lines =
                  Files.readAllLines(folder.resolve("received.log")).stream()
                      .filter(line -> line.contains("|whorl|alert|"))
                      .toList();
              assertThat(lines).hasSize(number);
              assertThat(lines.get(0))
                  .startsWith("83|whorl|alert|[whorl@32473 id=\"" + Samples.ID)
                  .contains("rule=\"rule-1\"")
                  .contains("high: A shell was started");
            });
  }
}
