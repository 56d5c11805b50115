package whorl.collector.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.receive.AgentConnections;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

@Timeout(120)
class PurgeTest {
  @TempDir Path root;
  private final TestCollector.World world = new TestCollector.World();
  private final List<Id> forgotten = new ArrayList<>();
  private final FakeAgent agent =
      new FakeAgent().with("threads.txt", "its own").with("maps.txt", "shared").seal();
  private TestCollector collector;

  @BeforeEach
  void open() throws Exception {
    world.forgetting.add((evidence, why) -> forgotten.add(evidence));
    collector = TestCollector.open(root, world);
    ship(agent);
  }

  @AfterEach
  void close() throws Exception {
    collector.close();
  }

  @Test
  void purge_withoutAReason_isRefused() throws Exception {
    for (String none : List.of("", "?reason=", "?reason=%20%20")) {
      Answer refused = purge(agent.evidence, none);
      assertThat(refused.status()).as(none).isEqualTo(400);
      assertThat(refused.text()).contains("say with reason= why it is purged");
    }

    assertThat(collector.store.contains(agent.evidence)).isTrue();
    assertThat(collector.custody.entries(agent.evidence))
        .noneMatch(entry -> entry.action().equals("purged"));
  }

  @Test
  void purge_removesEverything_andKeepsTheHistory() throws Exception {
    Path timeline = Files.createDirectories(collector.folder.timeline(agent.evidence));
    Files.writeString(timeline.resolve("rows.parquet"), "rows");
    Digest record = Digest.of(collector.store.recordBytes(agent.evidence));

    assertThat(purge(agent.evidence, "?reason=by%20order").status()).isEqualTo(204);

    assertThat(collector.folder.evidence(agent.evidence)).doesNotExist();
    assertThat(collector.catalog.size()).isZero();
    assertThat(forgotten).containsExactly(agent.evidence);
    await().untilAsserted(() -> assertThat(blobs()).isEmpty());
    List<CustodyEntry> history = collector.custody.entries(agent.evidence);
    CustodyEntry purged = history.get(history.size() - 1);
    assertThat(purged.action()).isEqualTo("purged");
    assertThat(purged.actor()).isEqualTo("token admin-01234567");
    assertThat(purged.detail())
        .containsEntry("record", record.hex())
        .containsEntry("artifacts", "4")
        .containsEntry("class", "alert")
        .containsEntry("digests", history.get(0).detail().get("digests"));
    VerificationReport report = collector.verifyOffline();
    assertThat(report.problems()).isEmpty();
    assertThat(report.notes())
        .anySatisfy(
            note ->
                assertThat(note)
                    .contains(
                        "evidence " + agent.evidence, "purged on", "by token admin-01234567"));
  }

  @Test
  void lostEvidence_canBePurged_andCustodySaysThatItWasLost() throws Exception {
    Digest record = Digest.of(collector.store.recordBytes(agent.evidence));
    Path lost = collector.folder.evidence(agent.evidence);
    try (Stream<Path> files = Files.walk(lost)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }

    assertThat(purge(agent.evidence, "?reason=lost%20with%20its%20disk").status()).isEqualTo(204);

    assertThat(collector.catalog.size()).isZero();
    List<CustodyEntry> history = collector.custody.entries(agent.evidence);
    assertThat(history.get(history.size() - 1).detail())
        .containsEntry("record", record.hex())
        .containsEntry("lost", "its record did not exist, or was changed")
        .containsEntry("reason", "lost with its disk");
    assertThat(collector.verifyOffline().problems()).isEmpty();
    assertThat(purge(agent.evidence, "?reason=r").status()).isEqualTo(404);
  }

  @Test
  void purge_keepsContentOfOtherEvidence() throws Exception {
    FakeAgent other = new FakeAgent().with("maps.txt", "shared").seal();
    ship(other);

    purge(agent.evidence, "?reason=r");

    await().untilAsserted(() -> assertThat(blobs()).hasSize(3));
    assertThat(collector.verifyOffline().problems()).isEmpty();
    assertThat(
            collector
                .viewer
                .get("/api/v1/evidence/" + other.evidence + "/artifacts/maps.txt")
                .text())
        .isEqualTo("shared");
  }

  @Test
  void purge_isReportedToLaterRequests() {
    String path = "/api/v1/evidence/" + agent.evidence;
    purge(agent.evidence, "?reason=order");
    for (String each : List.of(path, path + "/bag", path + "/verify", path + "/artifacts/x")) {
      assertThat(collector.viewer.get(each).status()).as(each).isEqualTo(410);
      assertThat(collector.viewer.get(each).text()).contains("was purged on", "order");
    }
    assertThat(collector.viewer.get("/api/v1/evidence/0199f0a2-0000").status()).isEqualTo(404);
    assertThat(purge(agent.evidence, "?reason=r").status()).isEqualTo(404);
    assertThat(purge(new Id("0199f0a2-0000"), "?reason=r").status()).isEqualTo(404);
    assertThat(purge(new Id("0199f0a2-0000"), "?reason=a\u0007b").status()).isEqualTo(400);
  }

  @Test
  void purge_ofHeldEvidence_isRefusedWithTheHolder() throws Exception {
    hold("/api/v1/evidence/" + agent.evidence, "litigation 4711");

    Answer refused = purge(agent.evidence, "?reason=r");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text()).contains("responder-01234567", "litigation 4711");
    assertThat(collector.verifyOffline().problems()).isEmpty();
    assertThat(collector.store.contains(agent.evidence)).isTrue();
  }

  @Test
  void purge_ofEvidenceInACase_addsANote() throws Exception {
    String path = newCase();
    collector.kept.responder.call(
        "PUT", path + "/evidence/" + agent.evidence, Map.of(), new byte[0]);
    hold(path, "litigation");
    assertThat(purge(agent.evidence, "?reason=r").text()).contains("case ", "litigation");
    collector.kept.admin.call("DELETE", path + "/hold", Map.of(), new byte[0]);

    assertThat(purge(agent.evidence, "?reason=settled").status()).isEqualTo(204);

    assertThat(collector.kept.viewer.get(path).json().get("evidence")).isEmpty();
    assertThat(collector.kept.viewer.get(path).json().at("/notes/0/text").asText())
        .isEqualTo("Evidence " + agent.evidence + " of this case was purged: settled");
  }

  @Test
  void purge_ofEvidenceBeingReceived_isRefused() {
    FakeAgent late = new FakeAgent().with("threads.txt", "t").with("heap.bin", "12345").seal();
    late.ship(collector.agentClient, "threads.txt", late.artifacts.values().iterator().next());
    String location = late.create(collector.agentClient, "heap.bin", 5).header("Location");
    FakeAgent.patch(collector.agentClient, location, 0, new byte[] {'1', '2'});
    world.now.updateAndGet(now -> now.plusSeconds(25 * 3600));
    collector.receiver.expire(AgentConnections.UNKNOWN);
    FakeAgent.patch(
        collector.agentClient,
        late.create(collector.agentClient, "heap.bin", 5).header("Location"),
        0,
        new byte[] {'1', '2'});

    assertThat(purge(late.evidence, "?reason=r").text()).contains("being received");
  }

  @Test
  void purgedEvidence_isNotReceivedAgain_andItsAgentMayDeleteIt() throws Exception {
    purge(agent.evidence, "?reason=r");
    for (int i = 0; i < 2; i++) {
      Answer again = agent.shipAll(collector.agentClient);
      assertThat(again.status()).isEqualTo(409);
      assertThat(again.text()).startsWith("already sealed").contains("purged");
      collector.close();
      collector = TestCollector.open(root, world);
    }
    assertThat(collector.store.evidence()).isEmpty();
  }

  @Test
  void deletionWithoutCustodyEntry_isReported() throws Exception {
    collector.store.remove(agent.evidence);
    assertThat(collector.verifyOffline().problems())
        .containsExactly(
            "evidence " + agent.evidence + ": custody says that it was kept, but it is not there");
  }

  @Test
  void purgeOfAnotherRecord_orOfHeldEvidence_isReported() throws Exception {
    collector.custody.append(
        CustodyAction.PURGED,
        agent.evidence,
        "collector",
        Map.of("record", "ab".repeat(32), "reason", "forged"));
    collector.store.remove(agent.evidence);
    assertThat(collector.verifyOffline().problems())
        .singleElement()
        .asString()
        .contains("purges the record abab", "was kept");

    FakeAgent held = new FakeAgent().with("a.txt", "a").seal();
    ship(held);
    hold("/api/v1/evidence/" + held.evidence, "litigation");
    collector.custody.append(
        CustodyAction.PURGED,
        held.evidence,
        "collector",
        Map.of("record", Digest.of(collector.store.recordBytes(held.evidence)).hex()));
    collector.store.remove(held.evidence);
    assertThat(collector.verifyOffline().problems())
        .anyMatch(each -> each.contains("purged although it was on hold"));
  }

  @Test
  void purgeDuringADownload_doesNotTruncateIt() throws Exception {
    Digest sha256 = Digest.of("its own".getBytes(StandardCharsets.UTF_8));
    try (FileChannel open = FileChannel.open(collector.store.content(sha256).file())) {
      purge(agent.evidence, "?reason=r");
      await().untilAsserted(() -> assertThat(collector.store.holds(sha256)).isFalse());
      assertThat(open.size()).as("an open file stays readable").isEqualTo(7);
    }
  }

  @Test
  void purgeDuringABag_keepsItsContentUntilTheBagIsDone() throws Exception {
    Digest sha256 = Digest.of("its own".getBytes(StandardCharsets.UTF_8));
    EvidenceStore.Pin pin = collector.store.pin(List.of(sha256));
    purge(agent.evidence, "?reason=r");
    await().untilAsserted(() -> assertThat(blobs()).hasSize(1));
    collector.kept.retention.pass();
    assertThat(collector.store.content(sha256).file()).hasContent("its own");

    pin.close();
    pin.close();
    collector.kept.retention.pass();
    assertThat(blobs()).isEmpty();
  }

  @Test
  void contentThatIsKeptAgainDuringDiscard_stays() throws Exception {
    Digest sha256 = Digest.of("its own".getBytes(StandardCharsets.UTF_8));
    Path file = Files.writeString(root.resolve("again"), "its own");
    collector.store.remove(agent.evidence);
    collector.store.keep(Map.of(sha256, file));

    assertThat(collector.store.discard(Set.of(sha256)).pinned()).containsExactly(sha256);
    assertThat(collector.store.holds(sha256)).isTrue();
    collector.store.settled(List.of(sha256));
    assertThat(collector.store.discard(Set.of(sha256)).bytes()).isEqualTo(7);
    assertThat(collector.store.holds(sha256)).isFalse();
  }

  @Test
  void folderThatIsStillWrittenTo_isRemovedByTheNextPass() throws Exception {
    purge(agent.evidence, "?reason=r");
    Path timeline = Files.createDirectories(collector.folder.timeline(agent.evidence));
    Files.writeString(timeline.resolve("rows.parquet"), "written too late");

    collector.kept.retention.pass();

    assertThat(collector.folder.evidence(agent.evidence)).doesNotExist();
  }

  @Test
  void failingListener_harmsNothing() throws Exception {
    collector.close();
    world.forgetting.add(
        0,
        (evidence, why) -> {
          throw new IOException("an index is gone");
        });
    collector = TestCollector.open(root, world);

    assertThat(purge(agent.evidence, "?reason=r").status()).isEqualTo(204);

    assertThat(forgotten).containsExactly(agent.evidence);
    assertThat(collector.kept.counters.failures()).isEqualTo(1);
  }

  @Test
  void fullDisk_aPurgeMakesRoom() throws Exception {
    FakeAgent next = new FakeAgent().with("threads.txt", "x".repeat(1000)).seal();
    long size = TestCollector.LIMITS.freeReserveBytes() + blobBytes();
    world.freeBytes.set(size - blobBytes());
    assertThat(next.shipAll(collector.agentClient).status()).isEqualTo(507);

    purge(agent.evidence, "?reason=r");
    await().untilAsserted(() -> assertThat(blobs()).isEmpty());
    world.freeBytes.set(size - blobBytes());

    assertThat(next.shipAll(collector.agentClient).status()).isEqualTo(204);
    assertThat(collector.kept.counters.freedBytes()).isGreaterThan(1000);
  }

  @Test
  void holdAndPurgeAtOnce_anAcknowledgedHoldWins() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    int holds = 0;
    int purges = 0;
    try {
      for (int round = 0; round < 150; round++) {
        FakeAgent each = new FakeAgent().with("a.txt", "a" + round).seal();
        ship(each);
        String path = newCase();
        collector.kept.responder.call(
            "PUT", path + "/evidence/" + each.evidence, Map.of(), new byte[0]);
        CyclicBarrier start = new CyclicBarrier(3);
        Future<Integer> held =
            threads.submit(
                () -> {
                  start.await();
                  return hold("/api/v1/evidence/" + each.evidence, "r").status();
                });
        Future<Boolean> heldByCase =
            threads.submit(
                () -> {
                  start.await();
                  hold(path, "r");
                  return collector.kept.holds.isHeld(each.evidence);
                });
        Future<Integer> purged =
            threads.submit(
                () -> {
                  start.await();
                  return purge(each.evidence, "?reason=r").status();
                });
        boolean there = collector.store.contains(each.evidence);
        if (purged.get() == 204) {
          purges++;
          assertThat(held.get()).as("round %d", round).isEqualTo(404);
          assertThat(heldByCase.get()).as("round %d", round).isFalse();
          assertThat(collector.store.contains(each.evidence)).isFalse();
        } else {
          holds++;
          assertThat(purged.get()).isEqualTo(409);
          assertThat(there && collector.store.contains(each.evidence)).isTrue();
        }
      }
    } finally {
      threads.shutdown();
      assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(holds + purges).isEqualTo(150);
    assertThat(collector.verifyOffline().problems()).isEmpty();
  }

  @Test
  void purgesWhileEvidenceWithTheSameContentIsSealed_loseNothing() throws Exception {
    ExecutorService threads = Executors.newSingleThreadExecutor();
    CountDownLatch done = new CountDownLatch(1);
    try {
      Future<Integer> purging =
          threads.submit(
              () -> {
                int purged = 0;
                while (done.getCount() > 0) {
                  for (Id id : collector.store.evidence()) {
                    if (!id.equals(agent.evidence)
                        && collector.kept.purge.purge(id, "token admin", "r")
                            instanceof PurgeOutcome.Purged) {
                      purged++;
                    }
                  }
                  collector.kept.purge.discard();
                }
                return purged;
              });
      for (int i = 0; i < 150; i++) {
        FakeAgent each = new FakeAgent().with("a.txt", "the same").seal();
        ship(each);
        VerificationReport report = collector.verifyOffline();
        assertThat(report.problems())
            .as("round %d", i)
            .noneMatch(problem -> problem.contains("artifact a.txt") && stillThere(problem));
      }
      done.countDown();
      assertThat(purging.get()).isPositive();
    } finally {
      done.countDown();
      threads.shutdown();
      assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(collector.verifyOffline().problems()).isEmpty();
  }

  /** A verification during a purge may find evidence that disappears; the rest must be intact. */
  private boolean stillThere(String problem) {
    return collector.store.contains(new Id(problem.split("[ :]+")[1]));
  }

  private void ship(FakeAgent from) {
    assertThat(from.shipAll(collector.agentClient).status()).isEqualTo(204);
  }

  private Answer purge(Id evidence, String query) {
    return collector.kept.admin.call(
        "DELETE",
        "/api/v1/evidence/" + evidence + query.replace("%20", " "),
        Map.of(),
        new byte[0]);
  }

  private Answer hold(String path, String reason) {
    return collector.kept.responder.call(
        "PUT", path + "/hold", Map.of(), Json.bytes(Map.of("reason", reason)));
  }

  private String newCase() {
    return collector
        .kept
        .responder
        .call("POST", "/api/v1/cases", Map.of(), Json.bytes(Map.of("title", "A case")))
        .header("Location");
  }

  private long blobBytes() throws IOException {
    long bytes = 0;
    for (Path blob : blobs()) {
      bytes += Files.size(blob);
    }
    return bytes;
  }

  private List<Path> blobs() throws IOException {
    try (Stream<Path> files = Files.walk(root.resolve("blobs"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
