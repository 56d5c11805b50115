package whorl.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import whorl.agent.ship.net.Timeouts;
import whorl.agent.ship.spool.Draft;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** Evidence arrives once and whole, whatever happens on the way or at the collector. */
@Timeout(60)
final class ShipperRetriesTest extends ShipperFixture {
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

  /** An earlier pod may have left it on a volume, or code of the application in the folder. */
  @Test
  void ship_evidenceOfAnotherAgent_keepsNoneOfOursWaiting() throws Exception {
    Id foreign = large(10);
    Id alsoForeign = large(10);
    Id ours = large(10);
    refuseAsNotYours(foreign, alsoForeign);
    start(collector.url(), folder.resolve("kept"), retryingAfter(Duration.ofMinutes(10)));

    awaitSealed(ours);
    awaitSealed(large(10));
    await().until(() -> shipper().shipsNow());
    assertThat(status().lastError()).contains(alsoForeign.value(), "403 not yours");
    Id last = large(10);
    shipper().close(Duration.ofSeconds(20));
    assertThat(sealed(last)).as("sent at the JVM's end").isTrue();
    assertThat(collector.disk.sealed).doesNotContain(foreign.value(), alsoForeign.value());
    assertThat(spool.waiting()).isEqualTo(2);
    assertThat(folder.resolve("kept").resolve(foreign.value()).resolve("recording.jfr")).exists();
  }

  @Test
  void ship_evidenceThatIsNotTakenWhileItGrows_isKeptOnceItIsSealed() throws Exception {
    Id evidence = Samples.id();
    refuseAsNotYours(evidence);
    start(collector.url(), folder.resolve("kept"), retryingAfter(Duration.ofMinutes(10)));
    Draft draft = spool.begin(evidence, Samples.id());
    draft.shipEarly();
    Samples.put(draft, "threads.txt", Samples.bytes(1, 100));
    await()
        .untilAsserted(() -> assertThat(status().lastError()).contains(evidence.value(), "not y"));

    Samples.seal(draft);

    Path kept = folder.resolve("kept").resolve(evidence.value()).resolve("threads.txt");
    await().until(() -> Files.exists(kept));
  }

  @Test
  void ship_evidenceOfAnotherAgentThatIsTakenLater_arrivesWithAllOthersOfIt() throws Exception {
    List<Id> left = List.of(large(10), large(10), large(10));
    refuseAsNotYours(left.toArray(Id[]::new));
    start(collector.url(), null, retryingAfter(Duration.ofSeconds(1)));
    awaitSealed(large(10));

    collector.refuse = request -> null;
    left.forEach(this::awaitSealed);
    await().until(() -> spool.waiting() == 0);
  }

  private void refuseAsNotYours(Id... foreign) {
    collector.refuse =
        request -> {
          String metadata = request.headers().get("Upload-Metadata", "");
          return Stream.of(foreign).anyMatch(id -> metadata.contains(base64(id)))
              ? FakeCollector.Refusal.of(403, "not yours")
              : null;
        };
  }

  private static Timeouts retryingAfter(Duration refusal) {
    return new Timeouts(
        Duration.ofMillis(20),
        Duration.ofMillis(200),
        refusal,
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        Duration.ofMillis(20),
        Duration.ofMinutes(10));
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

  private static long uploaded(FakeCollector.Disk disk, Id evidence) {
    FakeCollector.Upload upload = disk.uploads.get(evidence + "/recording.jfr");
    return upload == null ? 0 : upload.offset;
  }
}
