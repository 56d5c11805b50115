package whorl.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.ship.channel.Outbox;
import whorl.agent.ship.channel.SelfTests;
import whorl.agent.ship.direct.DirectUpload;
import whorl.agent.ship.net.Timeouts;
import whorl.agent.ship.spool.Draft;
import whorl.agent.ship.spool.Spool;
import whorl.agent.ship.spool.SpoolOwner;
import whorl.agent.ship.tus.DirectTarget;
import whorl.evidence.Alert;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.VerifyingKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage;

@Timeout(60)
final class ShipperTest {
  private static final long MIB = 1 << 20;

  @TempDir Path folder;
  private FakeCollector collector;
  private Spool spool;
  private @Nullable Shipper shipper;
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private SelfTests selfTests = SelfTests.NONE;
  private final List<CollectorMessage.StartCapture> commands = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws Exception {
    collector = FakeCollector.start();
    spool =
        Spool.inFolder(
            folder.resolve("spool"),
            new SpoolOwner(Samples.AGENT, "shop", false),
            64 * MIB,
            () -> 64 * MIB);
  }

  @AfterEach
  void stop() {
    if (shipper != null) {
      shipper.close(Duration.ofSeconds(2));
    }
    collector.close();
    spool.close();
    assertThat(threads).as("threads that outlive the shipper").noneMatch(this::alive);
  }

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
  void shipAsTheyCome_connectionBreaksBeforeTheCommit_arrivesComplete() throws Exception {
    collector.breakAfterBytes.set(700_000);
    start(collector.url());
    Id evidence = Samples.id();
    Draft draft = spool.begin(evidence, Samples.id());
    draft.shipEarly();
    byte[] large = Samples.bytes(2, 3_000_000);
    Samples.put(draft, "recording.jfr", large);
    Samples.put(draft, "threads.txt", Samples.bytes(1, 100));
    Samples.seal(draft);

    awaitSealed(evidence);
    assertThat(collector.disk.upload(evidence, "recording.jfr").digest())
        .isEqualTo(Digest.of(large));
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
  void ship_collectorAbsentThenKilledDuringUploadThenRestarted_arrivesOnceAndWhole()
      throws Exception {
    int port = collector.port();
    collector.close();
    Id evidence = Samples.id();
    byte[] large = Samples.bytes(1, 8_000_000);
    Draft draft = spool.begin(evidence, Samples.id());
    Samples.put(draft, "recording.jfr", large);
    Samples.put(draft, "threads.txt", Samples.bytes(2, 100));
    Samples.seal(draft);
    start(URI.create("http://127.0.0.1:" + port));
    await().until(() -> status().lastError() != null);

    FakeCollector.Disk disk = new FakeCollector.Disk();
    FakeCollector killed = FakeCollector.start(port, disk);
    killed.diesWhenItBreaks = true;
    killed.breakAfterBytes.set(3_000_000);
    await().until(() -> killed.breakAfterBytes.get() == 0);
    killed.close();
    long before = uploaded(disk, evidence);
    assertThat(before).isBetween(1L, large.length - 1L);
    collector = FakeCollector.start(port, disk);

    awaitSealed(evidence);
    assertThat(disk.upload(evidence, "recording.jfr").digest()).isEqualTo(Digest.of(large));
    assertThat(disk.completed).containsOnlyOnce("recording.jfr", "manifest.dsse.json");
    awaitShipped(1);
  }

  @Test
  void ship_connectionBreaksWithinChunks_resumes() throws Exception {
    collector.breakAfterBytes.set(700_000);
    Id evidence = large(4_000_000);
    start(collector.url());

    awaitSealed(evidence);
    assertThat(collector.disk.upload(evidence, "recording.jfr").digest())
        .isEqualTo(Digest.of(Samples.bytes(7, 4_000_000)));
  }

  @Test
  void ship_checksumsRefused_sendsTheChunkAgain() throws Exception {
    AtomicInteger patches = new AtomicInteger();
    collector.refuse =
        request ->
            request.method().equals(HttpMethod.PATCH) && patches.incrementAndGet() % 2 == 1
                ? FakeCollector.Refusal.of(460, "checksum mismatch")
                : null;
    Id evidence = large(1_000_000);
    start(collector.url());

    awaitSealed(evidence);
  }

  @Test
  void ship_offsetRefused_queriesTheRightOne() throws Exception {
    AtomicInteger patches = new AtomicInteger();
    collector.refuse =
        request ->
            request.method().equals(HttpMethod.PATCH) && patches.incrementAndGet() == 2
                ? FakeCollector.Refusal.of(409, "wrong offset")
                : null;
    Id evidence = large(1_000_000);
    start(collector.url());

    awaitSealed(evidence);
    assertThat(collector.requests).anyMatch(request -> request.startsWith("HEAD "));
  }

  @Test
  void ship_acknowledgementOfTheSealLost_countsAsShippedOnce() throws Exception {
    Id evidence = large(10);
    collector.refuse =
        request -> {
          collector.losesAfterPatch = collector.disk.completed.contains("manifest.json");
          return null;
        };
    start(collector.url());

    awaitSealed(evidence);
    await().until(() -> spool.waiting() == 0);
    awaitShipped(1);
    assertThat(collector.disk.completed).containsOnlyOnce("manifest.dsse.json");
  }

  @Test
  void ship_noSlot_waitsItsTurn() throws Exception {
    AtomicInteger refused = new AtomicInteger();
    collector.refuse =
        request ->
            request.method().equals(HttpMethod.POST) && refused.incrementAndGet() == 1
                ? new FakeCollector.Refusal(
                    503, Map.of("Retry-After", "1", "Whorl-Wait", "slot"), "no slot")
                : null;
    Id evidence = large(10);
    long before = System.nanoTime();
    start(collector.url());

    awaitSealed(evidence);
    assertThat(System.nanoTime() - before).isGreaterThan(900_000_000L);
    assertThat(status().lastError()).isNull();
  }

  @Test
  void ship_collectorLostAnArtifact_shipsItAgain() throws Exception {
    Id evidence = Samples.id();
    Draft draft = spool.begin(evidence, Samples.id());
    Samples.put(draft, "a.txt", Samples.bytes(1, 10));
    Samples.put(draft, "b.txt", Samples.bytes(2, 10));
    Samples.seal(draft);
    AtomicInteger lost = new AtomicInteger();
    collector.refuse =
        request -> {
          if (collector.disk.completed.contains("manifest.json") && lost.incrementAndGet() == 1) {
            collector.disk.uploads.remove(evidence + "/a.txt");
          }
          return null;
        };
    start(collector.url());

    awaitSealed(evidence);
    assertThat(collector.disk.completed).filteredOn("a.txt"::equals).hasSize(2);
    assertThat(collector.disk.completed).filteredOn("b.txt"::equals).hasSize(1);
  }

  @Test
  void ship_proxyTakesOneMebibyte_isNotAskedForMoreAgain() throws Exception {
    AtomicInteger refused = new AtomicInteger();
    collector.refuse =
        request -> {
          if (request.content().readableBytes() <= MIB) {
            return null;
          }
          refused.incrementAndGet();
          return FakeCollector.Refusal.of(413, "too large");
        };
    Id evidence = large(12_000_000);
    start(collector.url());

    awaitSealed(evidence);
    assertThat(refused).hasValueLessThanOrEqualTo(2);
    assertThat(collector.disk.upload(evidence, "recording.jfr").digest())
        .isEqualTo(Digest.of(Samples.bytes(7, 12_000_000)));
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
  void ship_chunkTooLargeForAProxy_sendsSmallerOnes() throws Exception {
    collector.refuse =
        request ->
            request.content().readableBytes() > 100_000
                ? FakeCollector.Refusal.of(413, "too large")
                : null;
    Id evidence = large(500_000);
    start(collector.url());

    awaitSealed(evidence);
  }

  @Test
  void ship_rejected_isReportedAndCounted_andOthersAreShipped() throws Exception {
    Id bad = large(10);
    Id good = large(10);
    collector.refuse =
        request ->
            request.headers().get("Upload-Metadata", "").contains(base64(bad))
                ? FakeCollector.Refusal.of(422, "no good")
                : null;
    start(collector.url(), folder.resolve("kept"));

    awaitSealed(good);
    await().until(() -> spool.waiting() == 0);
    assertThat(collector.disk.sealed).doesNotContain(bad.value());
    assertThat(status().lastError()).contains(bad.value(), "422 no good");
    assertThat(shipper().losses()).containsEntry("evidence.rejected", 1L);
    assertThat(folder.resolve("kept").resolve(bad.value()).resolve("recording.jfr")).exists();
  }

  @Test
  void ship_tokenRefused_isReportedWithoutTheTokenAndRetried() throws Exception {
    Id evidence = large(10);
    AtomicInteger refused = new AtomicInteger();
    collector.refuse =
        request -> refused.incrementAndGet() == 1 ? FakeCollector.Refusal.of(403, "no") : null;
    start(collector.url());

    awaitSealed(evidence);
    assertThat(status().lastError()).contains("403 no").doesNotContain(FakeCollector.TOKEN);
  }

  @Test
  void ship_collectorSilent_triesAgainAfterTheDeadline() throws Exception {
    collector.answers = false;
    Id evidence = large(10);
    Timeouts impatient =
        new Timeouts(
            Duration.ofMillis(20),
            Duration.ofMillis(50),
            Duration.ofMillis(300),
            Duration.ofMillis(200),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofMillis(20),
            Duration.ofSeconds(5));
    start(collector.url(), null, impatient);
    await().until(() -> status().lastError() != null);
    assertThat(status().lastError()).contains("no answer", "200 ms");

    collector.answers = true;
    awaitSealed(evidence);
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
  void ship_noCollector_movesToTheEvidenceFolder() throws Exception {
    Id evidence = large(100_000);
    start(null, folder.resolve("kept"));

    Path kept = folder.resolve("kept").resolve(evidence.value());
    await().until(() -> Files.isDirectory(kept) && spool.waiting() == 0);
    assertThat(Files.readAllBytes(kept.resolve("recording.jfr")))
        .isEqualTo(Samples.bytes(7, 100_000));
    assertThat(kept.resolve("manifest.dsse.json")).exists();
    assertThat(spool.usedBytes()).isZero();
    assertThat(status().evidenceKept()).isEqualTo(1);
    assertThat(shipper().raise(raised()).toCompletableFuture()).isCompleted();
  }

  @Test
  void ship_noCollectorAndNoFolder_staysInTheSpool() throws Exception {
    start(null);
    large(10);
    shipper().close(Duration.ofSeconds(1));

    assertThat(spool.waiting()).isEqualTo(1);
  }

  @Test
  void ship_collectorAwayForLong_isCopiedAndStillShippedLater() throws Exception {
    int port = collector.port();
    collector.close();
    Id evidence = large(1_000);
    start(URI.create("http://127.0.0.1:" + port), folder.resolve("kept"));
    await().until(() -> status().evidenceKept() == 1);
    assertThat(spool.waiting()).isEqualTo(1);

    collector = FakeCollector.start(port, new FakeCollector.Disk());
    awaitSealed(evidence);
  }

  @Test
  void ship_directlyUploadedArtifact_isSealedAndNotSentAgain() throws Exception {
    Id evidence = Samples.id();
    Id capture = Samples.id();
    Draft draft = spool.begin(evidence, capture);
    Samples.put(draft, "a.txt", Samples.bytes(1, 10));
    draft.arrived(uploadDirectly(evidence, capture));
    Samples.put(draft, "b.txt", Samples.bytes(2, 10));
    Samples.seal(draft);
    start(collector.url());

    awaitSealed(evidence);
    assertThat(collector.disk.completed)
        .containsOnlyOnce("heap.hprof.gz", "a.txt", "b.txt", "manifest.dsse.json");
    assertThat(collector.requests).filteredOn(request -> request.startsWith("POST")).hasSize(5);
    await().until(() -> spool.waiting() == 0);
    assertThat(spool.usedBytes()).isZero();
  }

  @Test
  void ship_nextJvmFindsADirectlyUploadedArtifact_isSealedWithIt() throws Exception {
    Id evidence = Samples.id();
    Id capture = Samples.id();
    Draft draft = spool.begin(evidence, capture);
    draft.arrived(uploadDirectly(evidence, capture));
    Samples.put(draft, "a.txt", Samples.bytes(1, 10));
    Samples.seal(draft);
    spool.close();
    spool =
        Spool.inFolder(
            folder.resolve("spool"),
            new SpoolOwner(new Id("agent-of-the-next-jvm"), "shop", false),
            64 * MIB,
            () -> 64 * MIB);
    start(collector.url());

    awaitSealed(evidence);
    assertThat(collector.disk.completed).containsOnlyOnce("heap.hprof.gz", "a.txt");
  }

  @Test
  void ship_collectorLostADirectlyUploadedArtifact_isRejectedAfterTheRestArrived()
      throws Exception {
    Id evidence = Samples.id();
    Id capture = Samples.id();
    Draft draft = spool.begin(evidence, capture);
    Samples.put(draft, "a.txt", Samples.bytes(1, 10));
    draft.arrived(uploadDirectly(evidence, capture));
    Samples.seal(draft);
    collector.disk.uploads.remove(evidence + "/heap.hprof.gz");
    start(collector.url());

    await().until(() -> spool.waiting() == 0);
    assertThat(status().lastError())
        .contains("artifact heap.hprof.gz, which went straight there and cannot be sent again");
    assertThat(collector.disk.completed).contains("a.txt");
    assertThat(sealed(evidence)).isFalse();
    assertThat(shipper().losses()).containsEntry("evidence.rejected", 1L);
  }

  @Test
  void ship_noCollectorAnyMore_folderGetsAllButDirectUploads() throws Exception {
    Id evidence = Samples.id();
    Id capture = Samples.id();
    Draft draft = spool.begin(evidence, capture);
    draft.arrived(uploadDirectly(evidence, capture));
    Samples.put(draft, "a.txt", Samples.bytes(1, 10));
    Samples.seal(draft);
    start(null, folder.resolve("kept"));

    Path kept = folder.resolve("kept").resolve(evidence.value());
    await().until(() -> Files.isDirectory(kept) && spool.waiting() == 0);
    assertThat(kept.resolve("a.txt")).hasSize(10);
    assertThat(kept.resolve("heap.hprof.gz")).doesNotExist();
    assertThat(kept.resolve("manifest.json")).content().contains("heap.hprof.gz");
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
  void channel_connects_saysHelloThenStatus() throws Exception {
    start(collector.url());

    await().until(() -> !collector.messages(AgentMessage.Status.class).isEmpty());
    AgentMessage first = collector.messages.get(0);
    assertThat(first).isInstanceOf(AgentMessage.Hello.class);
    assertThat(((AgentMessage.Hello) first).capabilities()).containsEntry("jfr", true);
    AgentMessage.Status status = collector.messages(AgentMessage.Status.class).get(0);
    assertThat(status.losses()).containsEntry("lost", 1L).containsKey("journal.dropped-lines");
    assertThat(status.capabilities()).isNull();
    assertThat(status.costs()).isEqualTo(Samples.COSTS);
  }

  @Test
  void journal_connected_arrivesInOrderWithinAMoment() throws Exception {
    start(collector.url());
    await().until(() -> status().connected());
    for (int i = 0; i < 1_000; i++) {
      shipper().journal(Samples.line(i));
    }

    await()
        .until(
            () ->
                collector.messages(AgentMessage.Journal.class).stream()
                        .mapToInt(journal -> journal.events().size())
                        .sum()
                    == 1_000);
    assertThat(
            collector.messages(AgentMessage.Journal.class).stream()
                .flatMap(journal -> journal.events().stream())
                .map(line -> line.sequence()))
        .isSorted();
  }

  @Test
  void journal_noConnection_keepsTheNewestAndCountsTheRest() throws Exception {
    int port = collector.port();
    collector.close();
    start(URI.create("http://127.0.0.1:" + port));
    for (int i = 0; i < 5_000; i++) {
      shipper().journal(Samples.line(i));
    }
    assertThat(shipper().losses())
        .containsEntry("journal.dropped-lines", 5_000L - Outbox.MAX_JOURNAL_LINES);

    collector = FakeCollector.start(port, new FakeCollector.Disk());
    await()
        .until(
            () ->
                collector.messages(AgentMessage.Journal.class).stream()
                        .mapToInt(journal -> journal.events().size())
                        .sum()
                    == Outbox.MAX_JOURNAL_LINES);
  }

  @Test
  void raise_connected_bringsTheVerdict() throws Exception {
    collector.reply =
        message ->
            message instanceof AgentMessage.AlertRaised raised
                ? new CollectorMessage.AlertVerdict(raised.alert().id(), false, "storm")
                : null;
    start(collector.url());
    await().until(() -> status().connected());

    CollectorMessage.AlertVerdict verdict =
        shipper().raise(raised()).toCompletableFuture().get(5, TimeUnit.SECONDS);
    assertThat(verdict.full()).isFalse();
    assertThat(verdict.reason()).isEqualTo("storm");
  }

  @Test
  void raise_collectorThatAcceptsSeparateJournals_getsTheAlertFirst() throws Exception {
    start(collector.url());
    await().until(() -> status().connected());
    AgentMessage.AlertRaised raised = raised();
    shipper().raise(raised);
    await().until(() -> collector.messages(AgentMessage.AlertRaised.class).contains(raised));

    AgentMessage.AlertJournal journal =
        new AgentMessage.AlertJournal(
            raised.alert().id(), List.of(Samples.line(1), Samples.line(2)));
    shipper().journal(journal);
    await().until(() -> collector.messages(AgentMessage.AlertJournal.class).contains(journal));
  }

  @Test
  void raise_collectorWithoutSeparateJournals_getsTheAlertWithItsJournal() throws Exception {
    collector.alertJournals = false;
    start(collector.url());
    await().until(() -> status().connected());
    AgentMessage.AlertRaised raised = raised();
    shipper().raise(raised);
    shipper()
        .journal(
            new AgentMessage.AlertJournal(
                raised.alert().id(), List.of(Samples.line(1), Samples.line(2))));

    await().until(() -> collector.messages(AgentMessage.AlertRaised.class).size() == 1);
    assertThat(collector.messages(AgentMessage.AlertRaised.class).get(0).journal()).hasSize(2);
    assertThat(collector.messages(AgentMessage.AlertJournal.class)).isEmpty();
  }

  @Test
  void raise_noConnection_returnsAtOnceAndIsDeliveredLater() throws Exception {
    int port = collector.port();
    collector.close();
    start(URI.create("http://127.0.0.1:" + port));
    AgentMessage.AlertRaised raised = raised();

    assertThat(shipper().raise(raised).toCompletableFuture())
        .isCompletedWithValueMatching(verdict -> verdict.full() && verdict.reason() != null);
    collector = FakeCollector.start(port, new FakeCollector.Disk());
    await().until(() -> collector.messages(AgentMessage.AlertRaised.class).contains(raised));
  }

  @Test
  void raise_connectionLostBeforeTheVerdict_completesAndIsRaisedAgain() throws Exception {
    start(collector.url());
    await().until(() -> status().connected());
    var verdict = shipper().raise(raised()).toCompletableFuture();
    await().until(() -> collector.messages(AgentMessage.AlertRaised.class).size() == 1);
    assertThat(verdict).isNotDone();
    collector.breakAll();

    assertThat(verdict.get(5, TimeUnit.SECONDS).full()).isTrue();
    await().until(() -> collector.messages(AgentMessage.AlertRaised.class).size() == 2);
    await().until(() -> status().connections() == 2);
  }

  /** Reports the newest test that came out, and that one more has begun. */
  private static final class Tests implements SelfTests {
    private volatile long out;

    @Override
    public AgentMessage.SelfTest report() {
      return new AgentMessage.SelfTest(out + 1, Map.of("channel", out));
    }

    @Override
    public void onSelfTestReceived(long number) {
      out = number;
    }
  }

  private static AgentMessage.AlertRaised selfTest(long number) {
    Alert alert =
        new Alert(
            Samples.id(),
            "whorl",
            Instant.now(),
            AgentMessage.SelfTest.RULE,
            Level.INFORMATIONAL,
            "Self-Test",
            null,
            List.of(),
            Map.of("number", number),
            null,
            List.of());
    return new AgentMessage.AlertRaised(alert, null, List.of());
  }

  @Test
  void selfTest_isReportedAndNeverSentAsAnAlert() throws Exception {
    Tests tests = new Tests();
    selfTests = tests;
    collector.selfTestSeconds = 1;
    start(collector.url());
    await().until(() -> status().connected());

    shipper().raise(selfTest(41));

    await()
        .until(
            () ->
                collector.messages(AgentMessage.SelfTest.class).stream()
                    .anyMatch(report -> Long.valueOf(41).equals(report.stages().get("channel"))));
    assertThat(collector.messages(AgentMessage.AlertRaised.class)).isEmpty();
  }

  @Test
  void selfTests_thatDoNotComeThrough_areStillReported() throws Exception {
    selfTests = new Tests();
    collector.selfTestSeconds = 1;
    start(collector.url());

    await().until(() -> collector.messages(AgentMessage.SelfTest.class).size() > 2);

    assertThat(collector.messages(AgentMessage.SelfTest.class))
        .allMatch(report -> Long.valueOf(0).equals(report.stages().get("channel")));
  }

  @Test
  void collectorThatWantsNoSelfTests_getsNone() throws Exception {
    selfTests = new Tests();
    start(collector.url());
    await().until(() -> collector.messages(AgentMessage.Status.class).size() > 2);

    assertThat(collector.messages(AgentMessage.SelfTest.class)).isEmpty();
  }

  @Test
  void selfTestsThatAreNotTaken_evictNoAlert() {
    Outbox outbox = new Outbox();
    outbox.connected();
    AgentMessage.AlertRaised alert = raised();
    outbox.raise(alert);

    for (int i = 0; i < 10 * Outbox.MAX_ALERTS; i++) {
      outbox.raise(selfTest(i));
    }

    assertThat(outbox.takeAlerts(true)).hasSize(2).contains(alert);
    assertThat(outbox.losses()).containsEntry("alerts.dropped", 0L);
  }

  @Test
  void reopen_afterTheChannelWasClosed_connectsAgain() throws Exception {
    start(collector.url());
    await().until(() -> status().connected());
    assertThat(shipper().reopen()).isFalse();
    shipper().close(Duration.ofSeconds(2));

    await().until(() -> shipper().reopen());

    await().until(() -> status().connections() == 2);
    Id evidence = large(10);
    awaitSealed(evidence);
  }

  @Test
  void channel_captureRequested_reachesTheListener() throws Exception {
    start(collector.url());
    await().until(() -> status().connected());
    Id capture = Samples.id();
    collector.sendText("{\"type\":\"of a later version\"}");
    collector.sendText("no json at all");
    collector.send(
        new CollectorMessage.StartCapture(capture, List.of("threads"), "why", null, false));

    await().until(() -> !commands.isEmpty());
    assertThat(commands.get(0).capture()).isEqualTo(capture);
    assertThat(shipper().losses()).containsEntry("channel.not-understood", 2L);
    assertThat(status().connections()).isEqualTo(1);
  }

  @Test
  void progress_manyOfOneCapture_theLastArrives() throws Exception {
    start(collector.url());
    await().until(() -> status().connected());
    Id capture = Samples.id();
    for (int i = 0; i <= 100; i++) {
      shipper()
          .progress(
              new AgentMessage.CaptureProgress(capture, null, CaptureState.RUNNING, i, 100, null));
    }
    await()
        .until(
            () ->
                collector.messages(AgentMessage.CaptureProgress.class).stream()
                    .anyMatch(progress -> progress.bytes() == 100));
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

  @Test
  void challenge_isAnsweredWithAProofOfTheKeyOfTheHello() {
    collector.challenge = "a nonce of this connection";
    start(collector.url());
    await().until(() -> status().connections() == 1);

    AgentMessage.Hello hello = collector.messages(AgentMessage.Hello.class).get(0);
    AgentMessage.Proof proof = collector.messages(AgentMessage.Proof.class).get(0);
    VerifyingKey key = VerifyingKey.of(String.valueOf(hello.key()));
    assertThat(key.proves(Samples.AGENT, "a nonce of this connection", proof.signature())).isTrue();
    assertThat(key.proves(Samples.AGENT, "another nonce", proof.signature())).isFalse();
    assertThat(key.proves(Samples.id(), "a nonce of this connection", proof.signature())).isFalse();
  }

  @Test
  void challenge_tooLong_isNotSigned() {
    collector.challenge = "n".repeat(129);
    start(collector.url());
    await().until(() -> collector.messages(AgentMessage.Hello.class).size() > 1);

    assertThat(collector.messages(AgentMessage.Proof.class)).isEmpty();
  }

  @Test
  void channelThatTheCollectorCloses_endsWithItsReason() {
    collector.welcomes = false;
    collector.closesWith = "the key is no Ed25519 public key";
    start(collector.url());

    await()
        .untilAsserted(
            () ->
                assertThat(status().lastError())
                    .isEqualTo(
                        "channel: the collector closed the channel: the key is no Ed25519 public"
                            + " key"));
  }

  private void start(@Nullable URI url) {
    start(url, null);
  }

  private void start(@Nullable URI url, @Nullable Path evidenceDir) {
    start(url, evidenceDir, Samples.FAST);
  }

  private void start(@Nullable URI url, @Nullable Path evidenceDir, Timeouts timeouts) {
    shipper =
        new Shipper(
            Samples.collector(url),
            evidenceDir,
            Samples.agentSelf(),
            new whorl.agent.redact.Redactor(java.util.List.of()),
            spool,
            commands::add,
            task -> {
              Thread thread = new Thread(task);
              threads.add(thread);
              return thread;
            },
            InstantSource.system(),
            timeouts);
    shipper.selfTests(selfTests);
    shipper.start();
  }

  private Shipper shipper() {
    if (shipper == null) {
      throw new AssertionError("not started");
    }
    return shipper;
  }

  private ShipStatus status() {
    return shipper().status();
  }

  private Id large(int bytes) throws Exception {
    Id evidence = Samples.id();
    Draft draft = spool.begin(evidence, Samples.id());
    Samples.put(draft, "recording.jfr", Samples.bytes(7, bytes));
    Samples.seal(draft);
    return evidence;
  }

  /** An artifact that is at the collector already. */
  private Artifact uploadDirectly(Id evidence, Id capture) throws Exception {
    DirectTarget target =
        new DirectTarget(
            Samples.collector(collector.url()),
            Samples.AGENT,
            capture,
            evidence,
            new ArtifactName("heap.hprof.gz"),
            "application/gzip");
    try (DirectUpload upload =
        DirectUpload.open(target, DirectUpload.Limits.STANDARD, Thread::new)) {
      upload.stream().write(Samples.bytes(9, 2_000_000));
      return upload.finish();
    }
  }

  private static AgentMessage.AlertRaised raised() {
    return new AgentMessage.AlertRaised(Samples.alert(), Samples.id(), List.of(Samples.line(1)));
  }

  private boolean sealed(Id evidence) {
    return collector.disk.sealed.contains(evidence.value());
  }

  private void awaitSealed(Id evidence) {
    await().until(() -> sealed(evidence));
  }

  /** The collector has it before the agent has read the answer. */
  private void awaitShipped(long evidence) {
    await().untilAsserted(() -> assertThat(status().evidenceShipped()).isEqualTo(evidence));
  }

  private static long uploaded(FakeCollector.Disk disk, Id evidence) {
    FakeCollector.Upload upload = disk.uploads.get(evidence + "/recording.jfr");
    return upload == null ? 0 : upload.offset;
  }

  private static String base64(Id id) {
    return java.util.Base64.getEncoder()
        .encodeToString(id.value().getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private boolean alive(Thread thread) {
    try {
      thread.join(3_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return thread.isAlive();
  }

  /** A long limit, for busy machines. */
  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(10));
  }
}
