package whorl.collector.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.export.ExportLog;
import whorl.collector.http.request.Role;
import whorl.collector.http.server.Metrics;
import whorl.collector.store.searches.RowSearchLedger;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.StoredColumns;
import whorl.collector.timeline.index.IndexRig;
import whorl.collector.timeline.index.TimelineIndex;
import whorl.collector.timeline.query.DuckTimeline;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** Searches over a thousand timelines of ten thousand rows; it prints how long they take. */
@Tag("long") // what they find is in RowSearchRoutesTest
@Timeout(600)
class RowSearchTimesTest {
  private static final Instant START = Instant.parse("2026-11-25T09:00:00Z");
  private static final int ROWS = 10_000;
  private static final int MADE = 4;
  private static final int TIMELINES = Integer.getInteger("whorl.timelines", 1_000);

  @TempDir Path folder;
  private final Map<Id, DuckTimeline.Rows> timelines = new HashMap<>();

  private final class Ready implements TimelineIndex {
    @Override
    public IndexStatus status(Id evidence) {
      return IndexStatus.of(IndexStatus.State.READY, 1);
    }

    @Override
    public void wanted(Id evidence) {}

    @Override
    public void changed(Id evidence) {}

    @Override
    public void onReady(Consumer<Id> listener) {}
  }

  @Test
  void wordsOfAThousandTimelines() throws Exception {
    List<AutoCloseable> closing = new ArrayList<>();
    try (IndexRig rig = new IndexRig(folder.resolve("data"))) {
      make(rig);
      try (DuckTimeline timeline =
          new DuckTimeline(timelines::get, folder.resolve("exports"), 512L << 20)) {
        FakeClient viewer =
            new FakeClient(
                RowSearches.open(
                    new RowSearches.Dependencies(
                        rig.collector.store,
                        rig.collector.catalog,
                        new Ready(),
                        timeline,
                        new ExportLog(rig.collector.custody, Instant::now),
                        new RowSearchLedger(rig.collector.database, InstantSource.system(), 1, 2),
                        InstantSource.system()),
                    new Metrics(),
                    closing),
                Role.VIEWER);
        measure(viewer, "a word that none has", "nowhere-to-be-seen", "words", 0);
        measure(viewer, "a word in one row of each fourth", "needle-in-2", "words", TIMELINES / 4);
        measure(viewer, "the same as a whole text", "path /var/needle-in-2", "text", 0);
        measure(viewer, "a word in every row", "/var/lib", "words", 1_000);
      } finally {
        for (AutoCloseable each : closing) {
          each.close();
        }
      }
    }
  }

  private void make(IndexRig rig) throws Exception {
    rig.index.start();
    List<DuckTimeline.Rows> made = new ArrayList<>();
    for (int i = 0; i < MADE; i++) {
      FakeAgent agent = new FakeAgent();
      agent.with("events.ndjson", events(i));
      Id evidence = rig.received(agent);
      assertThat(rig.indexed(evidence).rows()).isGreaterThan(ROWS);
      made.add(rig.index.of(evidence));
      timelines.put(evidence, rig.index.of(evidence));
    }
    for (int i = 0; i < TIMELINES; i++) {
      Id id = new Id("evidence-%05d".formatted(i));
      rig.collector.catalog.putLost(id, new Id("agent-00000001"), Instant.now().minusSeconds(i));
      DuckTimeline.Rows rows = made.get(i % MADE);
      Path copy = Files.createDirectories(folder.resolve("timelines").resolve(id.value()));
      List<Path> files = new ArrayList<>();
      try (DirectoryStream<Path> all = Files.newDirectoryStream(rows.folder())) {
        for (Path file : all) {
          Path link = Files.createLink(copy.resolve(file.getFileName()), file);
          if (StoredColumns.isRows(file.getFileName().toString())) {
            files.add(link);
          }
        }
      }
      files.sort(null);
      Map<Column, String> constants = new LinkedHashMap<>(rows.constants());
      constants.put(Column.EVIDENCE, id.value());
      timelines.put(id, new DuckTimeline.Rows(copy, files, constants));
    }
  }

  private static String events(int number) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      String path = "/var/lib/app/" + Integer.toHexString(i * 31 + number) + "/file-" + i % 97;
      lines.append(
          Json.text(
              new EventLine(
                  i,
                  START.plusMillis(10L * i),
                  "whorl.FileOpen",
                  Map.of(
                      "path",
                      i == 4_321 ? "/var/needle-in-" + number : path,
                      "access",
                      "read",
                      "created",
                      false),
                  "http-" + i % 20,
                  List.of(
                      "com.example.Shop.read(Shop.java:" + i % 50 + ")", "a.b.C.run(C.java:7)"))));
      lines.append('\n');
    }
    return lines.toString();
  }

  /** Searches all, with as many searches as that takes. */
  private static void measure(
      FakeClient viewer, String name, String words, String match, int found) {
    long begun = System.nanoTime();
    int rows = 0;
    int looked = 0;
    int searches = 0;
    String older = null;
    do {
      Map<String, Object> body = new LinkedHashMap<>(Map.of("words", words, "match", match));
      if (older != null) {
        body.put("cursor", older);
      }
      JsonNode started =
          viewer
              .call(
                  "POST",
                  "/api/v1/search/rows",
                  Map.of(),
                  Json.text(body).getBytes(StandardCharsets.UTF_8))
              .json();
      String path = "/api/v1/search/rows/" + started.path("id").asText();
      await()
          .atMost(Duration.ofMinutes(3))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> !viewer.get(path).json().path("state").asText().equals("running"));
      JsonNode ended = viewer.get(path).json();
      assertThat(ended.has("problem")).as(ended.toString()).isFalse();
      assertThat(ended.path("unreadCount").asInt()).as(ended.toString()).isZero();
      rows += ended.path("found").asInt();
      looked += ended.path("looked").asInt();
      searches++;
      older = ended.has("older") ? ended.path("older").asText() : null;
    } while (older != null && rows < 1_000);
    System.out.printf(
        "%s: %d rows of %d timelines in %.1f s, %d searches%n",
        name, rows, looked, (System.nanoTime() - begun) / 1e9, searches);
    assertThat(rows).as(name).isGreaterThanOrEqualTo(found);
  }
}
