package whorl.collector.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.export.ExportLog;
import whorl.collector.http.request.Access;
import whorl.collector.http.request.Grant;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;
import whorl.collector.http.server.Metrics;
import whorl.collector.store.access.Part;
import whorl.collector.store.searches.RowSearchLedger;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.FakeTimeline;
import whorl.collector.testkit.TestCollector;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.index.TimelineIndex;
import whorl.evidence.Id;

/** Searches over rows by the API, on timelines in memory. */
@Timeout(60)
class RowSearchRoutesTest {
  private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");
  private static final Id AGENT = new Id("agent-00000001");
  private static final String ROWS = "/api/v1/search/rows";

  @TempDir private Path folder;
  private final List<AutoCloseable> closing = new ArrayList<>();
  private final Statuses statuses = new Statuses();
  private final Gate timeline = new Gate();
  private TestCollector collector;
  private RowSearchLedger ledger;
  private FakeClient viewer;

  /** Evidence has a timeline unless the test says something else. */
  private static final class Statuses implements TimelineIndex {
    final Map<Id, IndexStatus> others = new HashMap<>();

    @Override
    public IndexStatus status(Id evidence) {
      return others.getOrDefault(evidence, IndexStatus.of(IndexStatus.State.READY, 1));
    }

    @Override
    public void wanted(Id evidence) {}

    @Override
    public void changed(Id evidence) {}

    @Override
    public void onReady(Consumer<Id> listener) {}
  }

  /** Waits in evidence that the test names. */
  private static final class Gate implements Timeline {
    final FakeTimeline rows = new FakeTimeline();
    final CountDownLatch open = new CountDownLatch(1);
    final AtomicInteger waiting = new AtomicInteger();
    volatile String waitsIn = "";

    @Override
    public Page page(TimelineQuery query) throws IOException {
      if (query.evidence().get(0).value().equals(waitsIn)) {
        waiting.incrementAndGet();
        try {
          open.await();
        } catch (InterruptedException e) {
          throw new IOException("interrupted", e);
        }
      }
      return rows.page(query);
    }

    @Override
    public void each(TimelineQuery query, Set<Column> columns, RowConsumer consumer)
        throws IOException {
      rows.each(query, columns, consumer);
    }

    @Override
    public void parquet(TimelineQuery query, OutputStream out) throws IOException {
      rows.parquet(query, out);
    }

    @Override
    public Histogram histogram(TimelineQuery query, int buckets) throws IOException {
      return rows.histogram(query, buckets);
    }

    @Override
    public List<TypeCount> types(TimelineQuery query) throws IOException {
      return rows.types(query);
    }
  }

  @BeforeEach
  void open() throws IOException {
    collector = TestCollector.open(folder.resolve("data"));
    InstantSource clock = () -> NOON;
    ledger =
        new RowSearchLedger(
            collector.database,
            InstantSource.system(),
            RowSearchLimits.MAX_OF_PERSON,
            RowSearchLimits.MAX_RUNNING);
    viewer =
        new FakeClient(
            RowSearches.open(
                new RowSearches.Dependencies(
                    collector.store,
                    collector.catalog,
                    statuses,
                    timeline,
                    new ExportLog(collector.custody, clock),
                    ledger,
                    clock),
                new Metrics(),
                closing),
            Role.VIEWER);
  }

  @AfterEach
  void close() throws Exception {
    timeline.open.countDown();
    for (AutoCloseable each : closing) {
      each.close();
    }
    collector.close();
  }

  /** Evidence that was sealed so many minutes before noon. */
  private Id evidence(int minutes) throws IOException {
    Id id = new Id("evidence-%04d".formatted(minutes));
    collector.catalog.putLost(id, AGENT, NOON.minusSeconds(60L * minutes));
    return id;
  }

  private void row(Id evidence, String message) {
    timeline.rows.add(
        evidence,
        NOON,
        "whorl.ProcessStart",
        Map.of(Column.MESSAGE, message, Column.SERVICE, "shop", Column.FIELDS, "{}"));
  }

  private Answer start(FakeClient client, String json) {
    return client.call(
        "POST", ROWS, Map.of(), json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private String begun(String json) {
    Answer started = start(viewer, json);
    assertThat(started.status()).as(started.text()).isEqualTo(202);
    return ROWS + "/" + started.json().path("id").asText();
  }

  /** The ended search. */
  private JsonNode search(String json) {
    String path = begun(json);
    await().until(() -> !viewer.get(path).json().path("state").asText().equals("running"));
    return viewer.get(path + "?limit=1000").json();
  }

  private static List<String> of(JsonNode search, String field) {
    List<String> all = new ArrayList<>();
    search.path("rows").forEach(row -> all.add(row.path(field).asText()));
    return all;
  }

  @Test
  void rows_areOfTheNewestEvidenceFirst_andInCustody() throws Exception {
    Id old = evidence(120);
    Id hit = evidence(10);
    Id other = evidence(5);
    Id tooOld = evidence(60 * 24 * 8);
    for (Id each : List.of(old, hit, tooOld)) {
      row(each, "Started /bin/sh -c id");
    }
    row(other, "Opened a file");

    JsonNode found = search("{'words':'ID /bin/SH'}");

    assertThat(of(found, "evidence")).containsExactly(hit.value(), old.value());
    JsonNode first = found.path("rows").path(0);
    assertThat(first.path("id").asText()).isEqualTo(hit + ":0");
    assertThat(first.path("message").asText()).isEqualTo("Started /bin/sh -c id");
    assertThat(first.path("service").asText()).isEqualTo("shop");
    assertThat(first.path("type").asText()).isEqualTo("whorl.ProcessStart");
    assertThat(found.path("looked").asInt()).isEqualTo(3);
    assertThat(found.has("older")).isFalse();
    assertThat(found.has("stopped")).isFalse();
    assertThat(custody(hit)).contains("viewer-01234567");
    assertThat(custody(other)).doesNotContain("viewer-01234567");
  }

  /** Rows of many pieces of evidence are in memory, and in the records each second. */
  @Test
  void rows_areShort_whateverSomebodyWroteIntoTheirEvents() throws Exception {
    String any = "needle " + "x".repeat(1 << 20);
    timeline.rows.add(
        evidence(1),
        NOON,
        any,
        Map.of(
            Column.MESSAGE, any,
            Column.SERVICE, any,
            Column.POD, any,
            Column.THREAD_NAME, any,
            Column.FIELDS, "{\"x\":\"" + any + "\"}"));

    JsonNode row = search("{'words':'needle'}").path("rows").path(0);

    assertThat(row.path("type").asText()).startsWith("needle xxx");
    assertThat(row.toString()).hasSizeLessThan(2_000);
  }

  private String custody(Id evidence) throws IOException {
    return collector.custody.lines(evidence).stream()
        .map(line -> new String(line, StandardCharsets.UTF_8))
        .collect(Collectors.joining());
  }

  @Test
  void text_isAtOnePlace_andExactHasItsCase() throws Exception {
    Id evidence = evidence(1);
    row(evidence, "Start of B then A");
    row(evidence, "start of a then b");

    assertThat(search("{'words':'A then'}").path("found").asInt()).isEqualTo(2);
    assertThat(of(search("{'words':'A then B','match':'text'}"), "row")).containsExactly("1");
    assertThat(of(search("{'words':'then A','match':'exact'}"), "row")).containsExactly("0");
    assertThat(search("{'words':'Then A','match':'exact'}").path("found").asInt()).isZero();
  }

  @Test
  void limits_areNamed_andASearchGoesOn() throws Exception {
    for (int i = 1; i <= RowSearchLimits.EVIDENCE_MAX + 20; i++) {
      Id each = evidence(i);
      if (i == 1 || i > RowSearchLimits.EVIDENCE_MAX) {
        row(each, "needle");
      }
    }
    for (int i = 0; i < RowSearchLimits.ROWS_OF_EVIDENCE; i++) {
      row(new Id("evidence-0001"), "needle " + i);
    }

    JsonNode first = search("{'words':'needle'}");
    assertThat(first.path("looked").asInt()).isEqualTo(RowSearchLimits.EVIDENCE_MAX);
    assertThat(first.path("found").asInt()).isEqualTo(RowSearchLimits.ROWS_OF_EVIDENCE);
    assertThat(first.at("/withMore/0").asText()).isEqualTo("evidence-0001");
    assertThat(first.path("stopped").asText()).contains("500 pieces");

    JsonNode next = search("{'words':'needle','cursor':'" + first.path("older").asText() + "'}");
    assertThat(next.path("looked").asInt()).isEqualTo(20);
    assertThat(of(next, "evidence")).hasSize(20).doesNotContain("evidence-0001");
    assertThat(next.has("older")).isFalse();
  }

  @Test
  void until_beginsThere() throws Exception {
    for (int i = 1; i <= 4; i++) {
      row(evidence(i), "needle");
    }

    JsonNode found =
        search("{'words':'needle','until':'2026-11-25T11:58:00Z','since':'2026-11-25T11:57:00Z'}");

    assertThat(of(found, "evidence")).containsExactly("evidence-0003");
    assertThat(found.path("looked").asInt()).isEqualTo(1);
  }

  @Test
  void whatWasNotSearched_isNamed_withTheReason() throws Exception {
    row(evidence(1), "needle");
    Id failed = evidence(2);
    statuses.others.put(
        failed,
        new IndexStatus(
            IndexStatus.VERSION, IndexStatus.State.FAILED, 0, 0, null, "no rows", List.of()));
    Id waiting = evidence(3);
    statuses.others.put(waiting, IndexStatus.of(IndexStatus.State.WAITING, 0));
    Id encrypted = evidence(4);
    row(encrypted, "Sealed");
    statuses.others.put(
        encrypted,
        new IndexStatus(
            IndexStatus.VERSION,
            IndexStatus.State.READY,
            1,
            1,
            null,
            null,
            List.of(new IndexStatus.Source("events.ndjson", 0, "it is encrypted"))));

    JsonNode found = search("{'words':'needle'}");

    assertThat(found.path("unreadCount").asInt()).isEqualTo(2);
    assertThat(found.at("/unread/0/id").asText()).isEqualTo(failed.value());
    assertThat(found.at("/unread/0/why").asText()).contains("no timeline: no rows");
    assertThat(found.at("/unread/1/why").asText()).contains("not here any more");
    assertThat(found.at("/partly/0/id").asText()).isEqualTo(encrypted.value());
    assertThat(found.at("/partly/0/why").asText()).isEqualTo("events.ndjson: it is encrypted");
  }

  @Test
  void rowsAreSeenWhileItRuns_onlyByItsOwner_whoMayEndIt() throws Exception {
    row(evidence(1), "needle one");
    Id slow = evidence(2);
    timeline.waitsIn = slow.value();
    for (int i = 3; i <= 30; i++) {
      row(evidence(i), "needle");
    }
    String path = begun("{'words':'needle'}");
    Principal other = new Principal(Role.VIEWER, "viewer-76543210");
    Principal narrower =
        new Principal(
            Role.VIEWER,
            "viewer-01234567",
            null,
            new Access(
                List.of(new Grant(Role.VIEWER, new Part(Set.of(), Set.of("pay"), Map.of())))));

    assertThat(start(viewer, "{'words':'needle'}").status()).isEqualTo(429);
    assertThat(viewer.as(other).get(path).status()).isEqualTo(404);
    assertThat(viewer.as(narrower).get(path).status()).isEqualTo(404);
    assertThat(viewer.as(other).call("DELETE", path, Map.of(), new byte[0]).status())
        .isEqualTo(404);
    assertThat(viewer.get(path).json().path("state").asText()).isEqualTo("running");
    Answer cancelled = viewer.call("DELETE", path, Map.of(), new byte[0]);
    assertThat(cancelled.json().path("state").asText()).isEqualTo("cancelled");
    assertThat(start(viewer, "{'words':'else'}").status()).isEqualTo(202);
  }

  @Test
  void searchesThatAreCancelledAtOnce_areFewHere_andOthersAreServed() throws Exception {
    row(evidence(2), "needle");
    timeline.waitsIn = "evidence-0002";

    for (int i = 1; i <= 2; i++) {
      String path = begun("{'words':'needle'}");
      int now = i;
      await().until(() -> timeline.waiting.get() == now);
      assertThat(viewer.call("DELETE", path, Map.of(), new byte[0]).status()).isEqualTo(200);
    }
    for (int i = 0; i < 10; i++) {
      assertThat(start(viewer, "{'words':'needle'}").status()).isEqualTo(429);
    }
    FakeClient other = viewer.as(new Principal(Role.VIEWER, "viewer-76543210"));
    assertThat(start(other, "{'words':'needle'}").status()).isEqualTo(202);

    timeline.waitsIn = "";
    timeline.open.countDown();
    await().until(() -> start(viewer, "{'words':'needle'}").status() == 202);
  }

  @Test
  void badSearches_areRefused_withWhatIsAllowed() {
    assertThat(start(viewer, "{}").text()).contains("words has at most 200 characters");
    assertThat(start(viewer, "{'words':'a b'}").status()).isEqualTo(400);
    assertThat(start(viewer, "{'words':'" + "x".repeat(201) + "'}").status()).isEqualTo(400);
    assertThat(start(viewer, "{'words':'abc','match':'regex'}").text())
        .contains("words, text or exact");
    assertThat(start(viewer, "{'words':'abc','cursor':'?'}").text()).contains("older");
    assertThat(start(viewer, "{'words':'abc','since':'2026-11-25T12:00:00Z'}").status())
        .isEqualTo(202);
    assertThat(
            start(
                    viewer,
                    "{'words':'abc','since':'2026-11-25T12:00:00Z','until':'2026-11-25T12:00:00Z'}")
                .text())
        .contains("since is before until");
    assertThat(viewer.get(ROWS + "/not!an!id").status()).isEqualTo(404);
  }
}
