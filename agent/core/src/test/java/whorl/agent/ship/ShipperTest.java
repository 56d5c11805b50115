package whorl.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import whorl.agent.redact.Redactor;
import whorl.agent.ship.spool.Draft;
import whorl.agent.ship.spool.Spool;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage;

/** What a shipper sends, and how it begins and ends. */
@Timeout(60)
final class ShipperTest extends ShipperFixture {
  @Test
  void ship_wholeEvidence_isSealedWithTheEnvelopeLast() throws Exception {
    Id evidence = Samples.id();
    Draft draft = spool.begin(evidence, Samples.id());
    byte[] large = Samples.bytes(1, 3_000_000);
    Samples.put(draft, "recording.jfr", large);
    Samples.put(draft, "classes/ab.class", Samples.bytes(2, 100));
    Samples.put(draft, "console.log", new byte[0]);
    Samples.seal(draft);

    start(collector.url());

    awaitSealed(evidence);
    assertThat(collector.disk.upload(evidence, "recording.jfr").digest())
        .isEqualTo(Digest.of(large));
    assertThat(collector.disk.upload(evidence, "recording.jfr").metadata)
        .containsEntry("agent", Samples.AGENT.value())
        .containsEntry("mediaType", "application/octet-stream");
    assertThat(collector.disk.completed).endsWith("manifest.json", "manifest.dsse.json");
    await().until(() -> spool.waiting() == 0);
    assertThat(spool.usedBytes()).isZero();
    awaitShipped(1);
    assertThat(status().bytesShipped()).isGreaterThan(3_000_000);
    await().until(() -> !collector.messages(AgentMessage.CaptureProgress.class).isEmpty());
  }

  @Test
  void shipAsTheyCome_completeArtifacts_arriveBeforeTheCommitAndAreSealedAfterIt()
      throws Exception {
    start(collector.url());
    Id evidence = Samples.id();
    Draft draft = spool.begin(evidence, Samples.id());
    Samples.put(draft, "threads.txt", Samples.bytes(1, 100));
    draft.shipEarly();
    await().until(() -> collector.disk.completed.contains("threads.txt"));
    byte[] large = Samples.bytes(2, 3_000_000);
    Samples.put(draft, "recording.jfr", large);
    await().until(() -> collector.disk.completed.contains("recording.jfr"));
    assertThat(collector.disk.completed).containsExactly("threads.txt", "recording.jfr");
    assertThat(spool.waiting()).isZero();
    assertThat(collector.messages(AgentMessage.CaptureProgress.class)).isEmpty();

    Samples.put(draft, "classes/ab.class", Samples.bytes(3, 100));
    Samples.seal(draft);

    awaitSealed(evidence);
    assertThat(collector.disk.completed)
        .containsExactly(
            "threads.txt",
            "recording.jfr",
            "classes/ab.class",
            "manifest.json",
            "manifest.dsse.json");
    assertThat(collector.disk.upload(evidence, "recording.jfr").digest())
        .isEqualTo(Digest.of(large));
    await().until(() -> spool.usedBytes() == 0);
    awaitShipped(1);
  }

  @Test
  void shipAsTheyCome_abandoned_doesNotHoldUpTheNextEvidence() throws Exception {
    start(collector.url());
    Id given = Samples.id();
    Draft draft = spool.begin(given, Samples.id());
    draft.shipEarly();
    Samples.put(draft, "threads.txt", Samples.bytes(1, 100));
    draft.abandon();

    Id evidence = large(1_000_000);

    awaitSealed(evidence);
    awaitShipped(1);
    assertThat(status().lastError()).isNull();
  }

  @Test
  void ship_fastLine_takesFewRequestsForALargeArtifact() throws Exception {
    Id evidence = large(20_000_000);
    start(collector.url());

    awaitSealed(evidence);
    assertThat(collector.requests.stream().filter(each -> each.startsWith("PATCH")).count())
        .as("%s", collector.requests)
        .isLessThan(18);
    assertThat(collector.disk.upload(evidence, "recording.jfr").digest())
        .isEqualTo(Digest.of(Samples.bytes(7, 20_000_000)));
  }

  @Test
  void ship_wholeArtifactInOneChunk_announcesItsDigest() throws Exception {
    List<String> announced = new CopyOnWriteArrayList<>();
    collector.refuse =
        request -> {
          String header = request.headers().get("Repr-Digest");
          if (header != null) {
            announced.add(header);
          }
          return null;
        };
    Id first = large(20_000_000);
    start(collector.url());
    awaitSealed(first);
    assertThat(announced).as("it came in several chunks").isEmpty();

    awaitSealed(large(3_000_000));

    Digest digest = Digest.of(Samples.bytes(7, 3_000_000));
    String base64 = Base64.getEncoder().encodeToString(digest.bytes());
    assertThat(announced).containsExactly("sha-256=:" + base64 + ":");
  }

  @Test
  void close_afterItsThreadCouldNotStart_doesNotWait() {
    Shipper shipper =
        new Shipper(
            Samples.collector(collector.url()),
            null,
            Samples.agentSelf(),
            new Redactor(List.of()),
            spool,
            commands::add,
            task ->
                new Thread(task) {
                  @Override
                  public void start() {
                    throw new OutOfMemoryError("unable to create native thread");
                  }
                },
            InstantSource.system(),
            Samples.FAST);
    assertThatThrownBy(shipper::start).isInstanceOf(OutOfMemoryError.class);

    assertTimeoutPreemptively(Duration.ofSeconds(40), () -> shipper.close(Duration.ofMinutes(10)));
  }

  @Test
  void ship_thousandSmallArtifacts_takesLittleTime() throws Exception {
    Id evidence = Samples.id();
    Draft draft = spool.begin(evidence, Samples.id());
    for (int i = 0; i < 1_000; i++) {
      Samples.put(draft, "classes/" + i + ".class", Samples.bytes(i, 4096));
    }
    Samples.seal(draft);
    long before = System.nanoTime();
    start(collector.url());

    await().until(() -> sealed(evidence));
    assertThat(collector.disk.uploads).hasSize(1_002);
    assertThat(collector.connections.get()).isLessThanOrEqualTo(5);
  }

  @Test
  void ship_underABasePath_keepsIt() throws Exception {
    collector.close();
    collector = FakeCollector.start("/behind/proxy", null);
    Id evidence = large(10);
    start(collector.url());

    awaitSealed(evidence);
    await().until(() -> !collector.messages(AgentMessage.Hello.class).isEmpty());
  }

  @Test
  void ship_fromAMemorySpool_arrives() throws Exception {
    spool.close();
    spool = Spool.inMemory(Samples.AGENT, 16 * MIB);
    start(collector.url());
    Id evidence = large(2_000_000);

    awaitSealed(evidence);
    assertThat(collector.disk.upload(evidence, "recording.jfr").digest())
        .isEqualTo(Digest.of(Samples.bytes(7, 2_000_000)));
  }

  @Test
  void ship_spoolFileDeletedByAnother_restArrives() throws Exception {
    Id evidence = Samples.id();
    Draft draft = spool.begin(evidence, Samples.id());
    Samples.put(draft, "a.txt", Samples.bytes(1, 10));
    Samples.put(draft, "b.txt", Samples.bytes(2, 10));
    Samples.seal(draft);
    Files.delete(
        folder.resolve("spool/whorl-spool-" + Samples.AGENT).resolve(evidence + "/000000"));
    start(collector.url());

    await().until(() -> spool.waiting() == 0);
    assertThat(collector.disk.completed).contains("b.txt", "manifest.json").doesNotContain("a.txt");
    assertThat(status().lastError()).contains("the spool lost artifact a.txt");
  }

  @Test
  void close_evidenceWaits_isShippedFirst_thenGoodbyeIsSent() throws Exception {
    start(collector.url());
    await().until(() -> status().connected());
    Id evidence = large(1_000_000);
    shipper().close(Duration.ofSeconds(10));

    assertThat(collector.disk.sealed).contains(evidence.value());
    await().until(() -> !collector.messages(AgentMessage.Goodbye.class).isEmpty());
  }

  @Test
  void close_collectorHangs_endsInTime() throws Exception {
    collector.answers = false;
    start(collector.url());
    large(10);
    await().until(() -> collector.requests.stream().anyMatch(r -> r.startsWith("POST")));
    long before = System.nanoTime();
    shipper().close(Duration.ofMillis(500));

    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
    assertThat(spool.waiting()).as("kept for the next JVM").isEqualTo(1);
  }

  @Test
  void threads_ofAStartedShipper_areTwoNamedDaemons() throws Exception {
    Id evidence = large(10);
    start(collector.url());
    awaitSealed(evidence);

    assertThat(threads)
        .extracting(Thread::getName)
        .containsExactlyInAnyOrder("whorl-ship", "whorl-net");
    assertThat(threads).allMatch(Thread::isDaemon);
  }
}
