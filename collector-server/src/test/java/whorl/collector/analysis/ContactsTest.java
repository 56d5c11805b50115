package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.kinds.Destination;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Technique;

/** Whom the JVM contacted. */
class ContactsTest extends AnalysisFixture {
  @ParameterizedTest
  @CsvSource({
    "169.254.169.254,169.254.169.254,80,METADATA",
    "metadata.google.internal.,,80,METADATA",
    "pool.supportxmr.com,203.0.113.1,3333,MINING_POOL",
    "x.oast.fun,203.0.113.1,443,OUT_OF_BAND",
    "transfer.sh,203.0.113.1,443,DROP_SITE",
    "abc.onion,,80,ANONYMITY",
    "evil.example,203.0.113.1,1389,NAMING_SERVICE",
    "kubernetes.default.svc,10.0.0.1,443,CLUSTER",
    "evil.example,203.0.113.1,443,PUBLIC_ADDRESS",
    "db,10.0.0.1,5432,PRIVATE_ADDRESS",
    "localhost,127.0.0.1,9,SELF",
    "evil.example,,0,NAME",
    "1.2.3.999,,0,NAME",
  })
  void destination_isClassifiedByNameAddressAndPort(
      String host, String address, long port, Destination kind) {
    assertThat(Destination.of(host, address == null ? "" : address, port)).isEqualTo(kind);
  }

  @Test
  void contacts_shellAndConnectionOfOneRequest_lookLikeAReverseShell() throws Exception {
    addInjection("r1");
    rows.of("r1", "whorl.SocketConnect", "host", "", "address", "198.51.100.9", "port", 4444);
    rows.of("r1", "whorl.ProcessStart", "command", "/bin/sh", "pid", 8);
    addAnsweredRequest("r1");

    Finding finding = only("contacts");

    assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(finding.text()).contains("198.51.100.9", "4444", "reverse shell");
    assertThat(finding.techniques())
        .contains(Technique.NON_STANDARD_PORT, Technique.NON_APPLICATION_PROTOCOL);
  }

  @Test
  void contacts_newAfterTheBreakIn_areLow_knownOnesAreNot() throws Exception {
    rows.event("whorl.DnsLookup", "host", "known.example");
    rows.later(100);
    addInjection("r1");
    addAnsweredRequest("r1");
    rows.event("whorl.DnsLookup", "host", "known.example");
    rows.event("whorl.DnsLookup", "host", "fresh.example");

    Finding finding = only("contacts");

    assertThat(finding.severity()).isEqualTo(Severity.LOW);
    assertThat(finding.text()).contains("fresh.example").doesNotContain("known.example");
  }

  @Test
  void contacts_metadataServiceForARequest_isCriticalAndTheWayIn() throws Exception {
    rows.of(
        "r1",
        "whorl.SocketConnect",
        "host",
        "169.254.169.254",
        "address",
        "169.254.169.254",
        "port",
        80);
    rows.request("r1", "GET", "/fetch", "url=http://169.254.169.254/", ADDRESS, 200);

    assertThat(only("contacts").severity()).isEqualTo(Severity.CRITICAL);
    assertThat(only("contacts").techniques()).contains(Technique.CLOUD_METADATA);
    assertThat(only("way-in").title()).contains("server-side request forgery");
  }
}
