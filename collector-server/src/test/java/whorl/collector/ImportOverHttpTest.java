package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestConfig;

/** {@code whorl import} against a collector: indexed, reported on, and exported again. */
@Timeout(300)
class ImportOverHttpTest {
  private static final String ADMIN = "admin-token-0123456789";

  @TempDir private Path root;
  private final FakeAgent agent =
      new FakeAgent()
          .with(
              "events.ndjson",
              "{\"sequence\":0,\"time\":\"2026-01-02T03:04:05Z\",\"type\":\"whorl.JndiLookup\","
                  + "\"fields\":{\"name\":\"ldap://203.0.113.9/a\"},\"thread\":\"http-1\","
                  + "\"stack\":[]}\n")
          .seal();
  private CollectorServer server;
  private Path bag;

  @BeforeEach
  void start() throws Exception {
    try (TestCollector first = TestCollector.open(root.resolve("first"))) {
      assertThat(agent.shipAll(first.agentClient).status()).isEqualTo(204);
      first.publisher.publish();
      bag =
          Files.write(
              root.resolve("bag.zip"),
              first.viewer.get("/api/v1/evidence/" + agent.evidence + "/bag").body());
    }
    Path tokens = Files.writeString(root.resolve("tokens"), "admin " + ADMIN + "\n");
    server =
        CollectorServer.start(
            TestConfig.in(root.resolve("second")).tokens(tokens).config(),
            Wiring::open,
            message -> {});
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  private CliRun cli() {
    return new CliRun()
        .verifier(new OfflineVerifier(InstantSource.system())::verify)
        .with("WHORL_COLLECTOR_URL", server.url())
        .with("WHORL_TOKEN", ADMIN);
  }

  @Test
  void bag_isImported_indexedAndExportedAgain() throws Exception {
    CliRun first = cli();
    assertThat(first.run("import", bag.toString(), "--service", "theirs"))
        .as(first.err())
        .isEqualTo(ExitStatus.DONE);
    assertThat(first.out().strip()).isEqualTo(agent.evidence.value());
    CliRun again = cli();
    assertThat(again.run("import", unpacked().toString())).as(again.err()).isZero();
    assertThat(again.err()).contains("was here already; nothing was changed");

    CliRun report = cli();
    assertThat(report.run("report", agent.evidence.value(), "--format", "markdown"))
        .as(report.err())
        .isZero();
    assertThat(report.out())
        .contains("# Evidence of shop", "## Custody before the import", "ldap`:`//203.0.113.9/a");
    Path exported = root.resolve("exported.zip");
    await()
        .atMost(Duration.ofSeconds(30))
        .pollDelay(Duration.ZERO)
        .until(
            () -> {
              Files.deleteIfExists(exported);
              return cli()
                          .run(
                              "evidence",
                              "bag",
                              agent.evidence.value(),
                              "--out",
                              exported.toString())
                      == 0
                  && verify(exported).notes().stream()
                      .anyMatch(note -> note.contains("proven to be in a log"));
            });
    assertThat(verify(exported).problems()).isEmpty();
    CliRun custody = cli();
    assertThat(custody.run("custody", agent.evidence.value())).as(custody.err()).isZero();
    assertThat(custody.out()).contains("imported", "received", "sealed", "exported");
  }

  @Test
  void alteredBag_isNotSent() throws Exception {
    Path altered = unpacked();
    Files.writeString(altered.resolve("data/events.ndjson"), "{}");
    CliRun cli = cli();

    assertThat(cli.run("import", altered.toString())).isEqualTo(ExitStatus.VERIFICATION_FAILED);
    assertThat(cli.err()).contains("NOT verified", "data/events.ndjson");
  }

  private static VerificationReport verify(Path path) throws IOException {
    return new OfflineVerifier(InstantSource.system()).verify(path);
  }

  private Path unpacked() throws IOException {
    Path folder = Files.createTempDirectory(root, "unpacked");
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(bag))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        String name = entry.getName().substring(entry.getName().indexOf('/') + 1);
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.copy(in, file);
      }
    }
    return folder;
  }
}
