package whorl.collector.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.client.TlsFiles;
import whorl.collector.http.server.EdgeLimits;
import whorl.collector.http.server.HttpServer;
import whorl.collector.http.server.Metrics;
import whorl.collector.maintenance.Check;
import whorl.collector.testkit.TestAuthority;

/** The checks of a server's certificate, on one of an hour. */
@Timeout(60)
class TlsChecksTest {
  @TempDir private Path folder;
  private HttpServer server;
  private Path ca;

  @BeforeEach
  void start() throws Exception {
    TestAuthority authority = new TestAuthority();
    ca =
        TestAuthority.write(
            folder.resolve("ca.pem"), "CERTIFICATE", authority.certificate().getEncoded());
    TestAuthority.Pair pair =
        authority.sign("CN=whorl", new GeneralName(GeneralName.dNSName, "localhost"));
    Path certificate =
        TestAuthority.write(
            folder.resolve("tls.crt"), "CERTIFICATE", pair.certificate().getEncoded());
    Path key =
        TestAuthority.write(
            folder.resolve("tls.key"), "PRIVATE KEY", pair.keys().getPrivate().getEncoded());
    server =
        HttpServer.listen(
            new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0),
            new whorl.collector.config.TlsFiles(certificate, key, null),
            List.of(),
            EdgeLimits.STANDARD,
            new Metrics());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private List<Check> checks(String host, Path trusted, Instant now) {
    List<Check> checks = new ArrayList<>();
    URI url = URI.create("https://" + host + ":" + server.address().getPort());
    TlsChecks.run(
        url, "", trusted == null ? null : TlsFiles.context(trusted, null, null), now, checks);
    return checks;
  }

  private static String line(List<Check> checks) {
    return checks.stream()
        .map(each -> each.state().word() + " " + each.name() + " " + each.seen())
        .collect(Collectors.joining("\n"));
  }

  @Test
  void trusted_isOk_andAnHourIsSoon() {
    assertThat(line(checks("localhost", ca, Instant.now())))
        .contains("ok tls TLSv1.3", "warn certificate CN=whorl");
  }

  @Test
  void unknownAuthority_andOtherName_fail_andTheCertificateIsShown() {
    List<Check> unknown = checks("localhost", null, Instant.now());
    List<Check> other = checks("127.0.0.1", ca, Instant.now());

    assertThat(line(unknown)).contains("fail tls", "certificate CN=whorl");
    assertThat(unknown.get(0).remedy()).contains("--ca");
    assertThat(line(other)).contains("fail tls");
    assertThat(other.get(0).remedy()).contains("127.0.0.1");
  }

  @Test
  void expired_fails() {
    assertThat(line(checks("localhost", ca, Instant.now().plus(Duration.ofDays(2)))))
        .contains("fail certificate", "it has expired");
  }
}
