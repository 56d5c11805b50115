package whorl.collector.timeline.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.outage.Outage;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.TimelineQuery;
import whorl.evidence.EventLine;
import whorl.evidence.Json;

@Timeout(120)
class ChangedAndPoisonedTest {
  @TempDir Path root;

  @Test
  void partialEvidenceSealedLater_isIndexedAgain() throws Exception {
    try (IndexRig rig = new IndexRig(root)) {
      rig.index.start();
      FakeAgent agent = new FakeAgent().with("events.ndjson", event(1) + event(2));
      agent.ship(
          rig.collector.agentClient, "events.ndjson", event(1).getBytes(StandardCharsets.UTF_8));
      rig.collector.expireUploads();
      long before = rig.indexed(agent.evidence).rows();

      rig.received(agent);
      rig.index.changed(agent.evidence);

      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                assertThat(rig.index.status(agent.evidence).state())
                    .isEqualTo(IndexStatus.State.READY);
                assertThat(rig.index.status(agent.evidence).rows()).isGreaterThan(before);
              });
    }
  }

  /** Otherwise the timeline of what had arrived would pass for that of all, for good. */
  @Test
  void collectorThatEndsBeforeSealedEvidenceIsIndexedAgain_hasNoTimelineOfIt_andMakesItLater()
      throws Exception {
    FakeAgent agent = new FakeAgent().with("events.ndjson", event(1) + event(2));
    long before;
    try (IndexRig rig = new IndexRig(root)) {
      rig.index.start();
      agent.ship(
          rig.collector.agentClient, "events.ndjson", event(1).getBytes(StandardCharsets.UTF_8));
      rig.collector.expireUploads();
      before = rig.indexed(agent.evidence).rows();
      rig.freeBytes.set(0); // as if it waited for something larger

      rig.received(agent);
      rig.index.changed(agent.evidence);
    }

    try (IndexRig again = new IndexRig(root)) {
      assertThat(again.index.status(agent.evidence)).isEqualTo(IndexStatus.NONE);
      again.index.start();
      assertThat(again.indexed(agent.evidence).rows()).isGreaterThan(before);
    }
  }

  @Test
  void evidenceThatIsSealedWhileItsPartIsIndexed_hasNoTimelineOfThePart() throws Exception {
    FakeAgent agent = new FakeAgent().with("events.ndjson", event(1) + event(2));
    AtomicReference<IndexRig> open = new AtomicReference<>();
    AtomicBoolean sealed = new AtomicBoolean();
    CustodyLines sealing =
        evidence -> {
          if (sealed.compareAndSet(false, true)) {
            open.get().received(agent);
          }
          return List.of();
        };
    try (IndexRig rig = new IndexRig(root, sealing)) {
      open.set(rig);
      agent.ship(
          rig.collector.agentClient, "events.ndjson", event(1).getBytes(StandardCharsets.UTF_8));
      rig.collector.expireUploads();
      rig.index.wanted(agent.evidence);
      rig.index.start();

      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(rig.index.status(agent.evidence).state())
                      .isEqualTo(IndexStatus.State.READY));
      assertThat(rig.ready).as("nobody learns of the part's").containsExactly(agent.evidence);
      assertThat(rig.rows(TimelineQuery.of(agent.evidence)))
          .extracting(row -> row.text(Column.FILE_PATH))
          .contains("/tmp/1", "/tmp/2");
    }
  }

  /** Else code in the JVM would keep timeline, findings and their notification from everybody. */
  @Test
  void evidenceThatGrowsEachTimeItIsIndexed_isReadyMeanwhile() throws Exception {
    FakeAgent agent = new FakeAgent().with("events.ndjson", event(1)).seal();
    agent.sealed("{}".getBytes(StandardCharsets.UTF_8), agent.envelopeJson());
    AtomicReference<IndexRig> open = new AtomicReference<>();
    CustodyLines refusing =
        evidence -> {
          assertThat(agent.shipAll(open.get().collector.agentClient).status()).isEqualTo(422);
          open.get().index.changed(evidence);
          return List.of();
        };
    try (IndexRig rig = new IndexRig(root, refusing)) {
      open.set(rig);
      agent.shipAll(rig.collector.agentClient);
      rig.index.start();

      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(rig.ready).contains(agent.evidence));
    }
  }

  @Test
  void evidenceThatCrashesTheCollectorThreeTimes_isSkipped_andTheRestIsIndexed() throws Exception {
    try (IndexRig rig = new IndexRig(root)) {
      FakeAgent poison = new FakeAgent().with("events.ndjson", event(1));
      rig.received(poison);
      Files.write(
          rig.collector.folder.evidence(poison.evidence).resolve("index.tries"), new byte[3]);
      FakeAgent good = new FakeAgent().with("events.ndjson", event(1));
      rig.received(good);
      rig.index.start();

      assertThat(rig.indexed(good.evidence).state()).isEqualTo(IndexStatus.State.READY);
      IndexStatus given = rig.indexed(poison.evidence);
      assertThat(given.state()).isEqualTo(IndexStatus.State.FAILED);
      assertThat(given.problem()).contains("could not be read", "tried 3 times");
    }
  }

  /** Otherwise an object store that is away three times would cost the timeline for good. */
  @Test
  void outageWhileEvidenceIsIndexed_isNoTryOfIt() throws Exception {
    AtomicBoolean away = new AtomicBoolean(true);
    CustodyLines awayOnce =
        evidence -> {
          if (away.getAndSet(false)) {
            throw new Away();
          }
          return List.of();
        };
    try (IndexRig rig = new IndexRig(root, awayOnce)) {
      FakeAgent agent = new FakeAgent().with("events.ndjson", event(1));
      rig.received(agent);
      Files.write(
          rig.collector.folder.evidence(agent.evidence).resolve("index.tries"), new byte[2]);
      rig.index.start();

      assertThat(rig.indexed(agent.evidence).state()).isEqualTo(IndexStatus.State.READY);
    }
  }

  static final class Away extends IOException implements Outage {
    private static final long serialVersionUID = 1;

    @Override
    public String unusable() {
      return "the object store";
    }
  }

  @Test
  void hostileHostName_isSanitized_andBreaksNoQuery() throws Exception {
    try (IndexRig rig = new IndexRig(root)) {
      FakeAgent agent = new FakeAgent().with("events.ndjson", event(1));
      agent.host = "node-1\0\u001b[31m\u202e'; DROP" + "x".repeat(7_000_000);
      agent.service = "sh'op\0";
      rig.received(agent);
      rig.index.start();
      assertThat(rig.indexed(agent.evidence).state()).isEqualTo(IndexStatus.State.READY);

      assertThat(rig.rows(TimelineQuery.of(agent.evidence)))
          .isNotEmpty()
          .allSatisfy(
              row -> {
                assertThat(row.text(Column.HOST)).startsWith("node-1[31m'; DROPxxx").hasSize(256);
                assertThat(row.text(Column.SERVICE)).isEqualTo("sh'op");
              });
      assertThat(rig.timeline.page(TimelineQuery.of(agent.evidence).page(10, null)).rows())
          .isNotEmpty();
    }
  }

  /** The record of an imported bag names a service of any length. */
  @Test
  void longService_breaksNoQuery() throws Exception {
    try (IndexRig rig = new IndexRig(root)) {
      FakeAgent agent = new FakeAgent().with("events.ndjson", event(1));
      rig.received(agent);
      String record =
          new String(rig.collector.store.recordBytes(agent.evidence), StandardCharsets.UTF_8);
      String changed = record.replace("\"shop\"", '"' + "s".repeat(100_000) + '"');
      rig.collector.store.adopt(
          agent.evidence, changed.getBytes(StandardCharsets.UTF_8), List.of(), true);
      rig.index.start();
      assertThat(rig.indexed(agent.evidence).state()).isEqualTo(IndexStatus.State.READY);

      assertThat(rig.rows(TimelineQuery.of(agent.evidence)))
          .isNotEmpty()
          .allSatisfy(row -> assertThat(row.text(Column.SERVICE)).hasSize(256));
    }
  }

  private static String event(int number) {
    return Json.text(
            new EventLine(
                number,
                Instant.parse("2026-01-02T03:04:05Z").plusSeconds(number),
                "whorl.FileOpen",
                Map.of("path", "/tmp/" + number),
                "main",
                List.of()))
        + "\n";
  }
}
