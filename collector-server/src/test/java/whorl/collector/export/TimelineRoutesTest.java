package whorl.collector.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.export.formats.TimelineFormat;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.FakeTimeline;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestCollector.World;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.RowMarks;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.index.TimelineIndex;
import whorl.evidence.Id;

class TimelineRoutesTest {
  private static final Instant TIME = Instant.parse("2026-11-25T09:35:28Z");
  private static final String CASE = "case-00000001";

  @TempDir Path root;
  private final World world = new World();
  private final FakeTimeline timeline = new FakeTimeline();
  private final FakeIndex index = new FakeIndex();
  private final Map<String, List<Id>> cases = new HashMap<>();
  private TestCollector collector;
  private FakeClient viewer;
  private Id evidence;

  /** An index whose state the test sets. */
  private static final class FakeIndex implements TimelineIndex {
    private final Map<Id, IndexStatus> states = new HashMap<>();
    private final List<Id> wanted = new ArrayList<>();
    private IndexStatus otherwise = IndexStatus.of(IndexStatus.State.READY, 1);

    @Override
    public IndexStatus status(Id evidence) {
      return states.getOrDefault(evidence, otherwise);
    }

    @Override
    public void wanted(Id evidence) {
      wanted.add(evidence);
      states.put(evidence, IndexStatus.of(IndexStatus.State.WAITING, 0));
    }

    @Override
    public void changed(Id evidence) {
      wanted(evidence);
    }

    @Override
    public void onReady(Consumer<Id> listener) {
      throw new UnsupportedOperationException();
    }
  }

  @BeforeEach
  void open() throws IOException {
    collector = TestCollector.open(root, world);
    viewer =
        new FakeClient(
            new TimelineRoutes(
                    collector.store,
                    timeline,
                    index,
                    (request, id, limit) -> cases.get(id.value()),
                    SeenEvidence.ALL,
                    new ExportLog(collector.custody, world.now::get),
                    MarkedRows.NONE)
                .routes(),
            Role.VIEWER);
    evidence = ship();
    for (int i = 0; i < 10; i++) {
      timeline.add(
          evidence,
          TIME.plusSeconds(i),
          i % 2 == 0 ? "whorl.FileOpen" : "whorl.DnsLookup",
          Map.of(
              Column.CATEGORY, i % 2 == 0 ? "file" : "network",
              Column.MESSAGE, "message " + i,
              Column.THREAD_NAME, "http-" + i % 3,
              Column.REQUEST_ID, "request-" + i / 5,
              Column.STACK_TRACE, "shop.Cart.run(Cart.java:" + i + ")"));
    }
  }

  @AfterEach
  void close() throws IOException {
    collector.close();
  }

  @Test
  void rows_comeInPages_withTheStateOfTheIndex() {
    List<Long> numbers = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = query("limit=4" + cursor).json();
      page.get("rows").forEach(row -> numbers.add(row.get("jvm.row").asLong()));
      assertThat(page.at("/index/state").asText()).isEqualTo("ready");
      cursor = page.has("next") ? "&cursor=" + page.get("next").asText() : null;
    } while (cursor != null);

    assertThat(numbers).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    assertThat(exported()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "type=whorl.File*|0,2,4,6,8",
        "type=whorl.DnsLookup,whorl.FileOpen&limit=2|0,1",
        "from=2026-11-25T09:35:30Z&to=2026-11-25T10:35:32+01:00|2,3",
        "q=MESSAGE 7|7",
        "thread=http-1&order=desc|7,4,1",
        "request=request-1&type=whorl.FileOpen|6,8",
        "around=5&span=1s|4,5,6",
        "around=5&span=500ms|5",
        "where=message:contains:SAGE 3|3",
        "where=event.category:eq:file;jvm.row:gt:5|6,8",
        "where=process.thread.name:prefix:HTTP-2;jvm.row:ne:2|5,8",
      })
  void filters_narrow(String query, String numbers) {
    List<String> found = new ArrayList<>();
    query(query).json().get("rows").forEach(row -> found.add(row.get("jvm.row").asText()));

    assertThat(String.join(",", found)).isEqualTo(numbers);
  }

  @Test
  void filter_thatMatchesNothing_isAnEmptyPage_andAnEmptyFile() {
    assertThat(query("q=nowhere").json().get("rows")).isEmpty();
    assertThat(query("q=nowhere&format=ndjson").text()).isEmpty();
    assertThat(query("q=nowhere&format=csv").text().lines()).hasSize(1);
    assertThat(query("q=nowhere&format=bodyfile").text()).isEmpty();
    assertThat(at("/timeline/types?q=nowhere").json().get("types")).isEmpty();
    assertThat(at("/timeline/flame?q=nowhere").json().get("value").asLong()).isZero();
    assertThat(at("/timeline/histogram?q=nowhere").json().get("series")).isEmpty();
  }

  @Test
  void stacks_areIncludedOnRequestOnly() {
    assertThat(query("").json().at("/rows/0").has("jvm.stack_trace")).isFalse();
    assertThat(query("stacks=true").json().at("/rows/0/jvm.stack_trace").asText())
        .isEqualTo("shop.Cart.run(Cart.java:0)");
    assertThat(query("stacks=true&format=ndjson").text()).contains("Cart.java:9");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "from=yesterday|from|yesterday|RFC 3339",
        "to=2026-11-25|to|2026-11-25|RFC 3339",
        "from=9999-01-01T00:00:00Z|from|9999|2262",
        "limit=0|limit|\"0\"|1 to 10000",
        "limit=-1|limit|-1|1 to 10000",
        "limit=1e3|limit|1e3|1 to 10000",
        "limit=10001|limit|10001|1 to 10000",
        "order=up|order|up|asc, desc",
        "stacks=yes|stacks|yes|true, false",
        "format=xml|format|xml|json, ndjson, csv",
        "where=path|where|path|column:op:value",
        "where=nope:eq:1|where|nope|column is one of",
        "where=file.path:like:x|where|like|eq, ne, contains, prefix, lt or gt",
        "where=file.path:gt:x|where|file.path|contains or prefix",
        "where=file.size:eq:big|where|big|a number",
        "where=jvm.stack_trace:contains:x|where|jvm.stack_trace|http.request.id",
        "where=@timestamp:eq:1|where|timestamp|from and to",
        "around=x|around|x|row's number",
        "around=1&span=2d|span|2d|ms, s, m or h",
        "around=1&span=25h|span|25h|at most 24h",
        "around=1&from=2026-11-25T09:35:30Z|around|from|span",
        "type=,|type|,|commas",
        "q=|q|\"\"|characters",
        "cursor=tampered|cursor|tampered|leave it out to start again",
        "cursor=0&format=csv|cursor|format=json|all rows",
        "limit=5&format=parquet|limit|parquet|all rows",
      })
  void badParameters_areNamedWithTheirValueAndWhatIsAllowed(
      String query, String name, String value, String allowed) {
    Answer answer = query(query);

    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.text()).contains(name, value, allowed);
    assertThat(exported()).isEmpty();
  }

  @Test
  void badBuckets_areNamed() {
    assertThat(at("/timeline/histogram?buckets=2001").status()).isEqualTo(400);
    assertThat(at("/timeline/histogram?buckets=2001").text()).contains("buckets", "1 to 2000");
  }

  @Test
  void valuesWithSemicolons_areEscaped() {
    timeline.add(
        evidence, TIME.plusSeconds(60), "x.Y", Map.of(Column.COMMAND_LINE, "sh -c a;b\\c:d"));

    JsonNode rows =
        query("where=process.command_line:eq:sh -c a\\;b\\\\c:d;event.action:eq:x.Y")
            .json()
            .get("rows");

    assertThat(rows).hasSize(1);
  }

  @Test
  void unknownRowsAndEvidence_are404() {
    assertThat(query("around=99").status()).isEqualTo(404);
    assertThat(viewer.get("/api/v1/evidence/evidence-none/timeline").status()).isEqualTo(404);
    assertThat(viewer.get("/api/v1/evidence/x/timeline").status()).isEqualTo(404);
    assertThat(viewer.get("/api/v1/evidence/evidence-none/index").status()).isEqualTo(404);
    assertThat(viewer.get("/api/v1/timeline?case=case-unknown").status()).isEqualTo(404);
  }

  @Test
  void answer_reportsProgress_untilTheIndexIsReady() {
    index.states.put(evidence, IndexStatus.of(IndexStatus.State.RUNNING, 0.4));

    for (String path : List.of("", "?format=csv", "/histogram", "/types", "/flame")) {
      Answer answer = at("/timeline" + path);
      assertThat(answer.status()).as(path).isEqualTo(409);
      assertThat(answer.header("Retry-After")).isEqualTo("2");
      assertThat(answer.text()).contains(evidence.value(), "is being indexed, 40 %");
    }
    assertThat(at("/index").json().get("progress").asDouble()).isEqualTo(0.4);
    assertThat(exported()).isEmpty();
  }

  @Test
  void requestForUnindexedEvidence_startsIndexing() {
    index.states.put(evidence, IndexStatus.NONE);

    assertThat(at("/timeline").text()).contains("waits to be indexed");
    assertThat(index.wanted).containsExactly(evidence);
    assertThat(at("/index").json().get("state").asText()).isEqualTo("waiting");
  }

  @Test
  void failedIndex_isExplained_withoutRetryAfter() {
    index.states.put(
        evidence,
        new IndexStatus(1, IndexStatus.State.FAILED, 0, 0, null, "no artifact is left", List.of()));

    Answer answer = at("/timeline");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.header("Retry-After")).isNull();
    assertThat(answer.text()).contains("no artifact is left");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JSON")
  void timelines_areDownloads_recordedInCustody(TimelineFormat format) {
    Answer answer = query("format=" + format.word());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Disposition"))
        .matches("attachment; filename=\"shop-\\d{8}T\\d{6}Z-timeline\\.[a-z0-9.]+\"");
    assertThat(exported()).containsExactly("timeline as " + format.word());
  }

  @Test
  void limit_appliesToEveryRowFormat() {
    assertThat(query("format=ndjson&limit=3").text().lines()).hasSize(3);
    assertThat(query("format=csv&limit=3").text().lines()).hasSize(4);
  }

  @Test
  void aggregates_countMatchingRows() {
    JsonNode types = at("/timeline/types?thread=http-0").json().get("types");
    assertThat(types.findValuesAsText("type"))
        .containsExactlyInAnyOrder("whorl.FileOpen", "whorl.DnsLookup");
    JsonNode histogram = at("/timeline/histogram?buckets=5").json();
    assertThat(histogram.get("from").asText()).isEqualTo("2026-11-25T09:35:28Z");
    assertThat(histogram.at("/series/0/counts")).hasSize(5);
    JsonNode flame = at("/timeline/flame?type=whorl.FileOpen").json();
    assertThat(flame.get("name").asText()).isEqualTo("all");
    assertThat(flame.at("/children/0/name").asText()).isEqualTo("shop.Cart.run");
    assertThat(flame.at("/children/0/value").asLong()).isEqualTo(5);
  }

  @Test
  void severalPieces_areOneTimeline_listedOrByCase() {
    Id other = ship();
    timeline.add(other, TIME.plusMillis(1500), "x.Y", Map.of());
    cases.put(CASE, List.of(evidence, other));

    for (String which : List.of("evidence=" + evidence + "," + other, "case=" + CASE)) {
      JsonNode page = viewer.get("/api/v1/timeline?limit=3&" + which).json();
      assertThat(page.get("rows").findValuesAsText("jvm.evidence"))
          .containsExactly(evidence.value(), evidence.value(), other.value());
      assertThat(page.get("indexes")).hasSize(2);
    }
    JsonNode types = viewer.get("/api/v1/timeline/types?case=" + CASE).json().get("types");
    assertThat(types.findValuesAsText("type")).contains("x.Y");
    JsonNode counts = viewer.get("/api/v1/timeline/histogram?buckets=1&case=" + CASE).json();
    assertThat(counts.get("series"))
        .extracting(series -> series.at("/counts/0").asLong())
        .satisfies(
            each -> assertThat(each.stream().mapToLong(Long::longValue).sum()).isEqualTo(11));
    Answer around = viewer.get("/api/v1/timeline?case=" + CASE + "&span=1s&around=" + other + ":0");
    assertThat(around.json().get("rows")).hasSize(3);
    assertThat(viewer.get("/api/v1/timeline?case=" + CASE + "&around=0").status()).isEqualTo(400);
    Answer csv = viewer.get("/api/v1/timeline?format=csv&case=" + CASE);
    assertThat(csv.text().lines()).hasSize(12);
    assertThat(csv.header("Content-Disposition")).contains("case-" + CASE + "-timeline.csv");
    assertThat(exported(evidence)).containsExactly("timeline as csv");
    assertThat(exported(other)).containsExactly("timeline as csv");
  }

  /** The routes over this timeline, with these rows marked. */
  private FakeClient over(Timeline rows, MarkedRows marks) {
    return new FakeClient(
        new TimelineRoutes(
                collector.store,
                rows,
                index,
                (request, id, limit) -> cases.get(id.value()),
                SeenEvidence.ALL,
                new ExportLog(collector.custody, world.now::get),
                marks)
            .routes(),
        Role.VIEWER);
  }

  /** The first row of each of these pieces is marked. */
  private record FirstRows(Set<Id> of) implements MarkedRows {
    @Override
    public Placed of(Id evidence) {
      return new Placed() {
        @Override
        public List<Long> rows(boolean starred, Set<String> tags) {
          return of.contains(evidence) ? List.of(0L) : List.of();
        }

        @Override
        public RowMarks at(long row) {
          return new RowMarks(true, List.of(), List.of());
        }
      };
    }

    @Override
    public List<Id> marked(List<Id> evidence) {
      return evidence.stream().filter(of::contains).toList();
    }
  }

  @Test
  void caseOfSixtyPieces_hasItsMarkedRows() {
    List<Id> sixty = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      Id each = ship();
      sixty.add(each);
      timeline.add(each, TIME.plusSeconds(100 + i), "x.Y", Map.of());
    }
    cases.put(CASE, sixty);
    String path = "/api/v1/timeline?case=" + CASE;

    Answer all = over(timeline, new FirstRows(Set.copyOf(sixty))).get(path + "&marked=true");
    Answer few =
        over(timeline, new FirstRows(Set.of(sixty.get(3), sixty.get(57)))).get(path + "&star=true");
    Answer none = over(timeline, new FirstRows(Set.of())).get(path + "&tag=shell");

    assertThat(all.json().get("rows")).hasSize(60);
    assertThat(few.json().get("rows").findValuesAsText("jvm.evidence"))
        .containsExactly(sixty.get(3).value(), sixty.get(57).value());
    assertThat(few.json().get("indexes")).hasSize(2);
    assertThat(none.json().get("rows")).isEmpty();
    assertThat(viewer.get(path).status()).isEqualTo(409);
  }

  @Test
  void markedRowsOfTooManyPieces_areRefusedWithTheRemedy() {
    List<Id> many =
        IntStream.range(0, 101).mapToObj(i -> new Id("evidence-" + (1000 + i))).toList();
    cases.put(CASE, many);

    Answer answer =
        over(timeline, new FirstRows(Set.copyOf(many)))
            .get("/api/v1/timeline?marked=true&case=" + CASE);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text())
        .contains("too many pieces of evidence with marks", "1 to 100", "name some with evidence=");
  }

  @ParameterizedTest
  @EnumSource(
      value = TimelineFormat.class,
      names = {"NDJSON", "CSV", "TIMESKETCH", "BODYFILE"})
  void exports_sayHowManyRowsTheyLeaveOut(TimelineFormat format) {
    FakeClient client =
        over(
            new EndlessTimeline(5) {
              @Override
              public List<TypeCount> types(TimelineQuery query) {
                return List.of(new TypeCount("alert.raised", "host", query.once() ? 5 : 7));
              }
            },
            MarkedRows.NONE);
    String path = "/api/v1/evidence/" + evidence + "/timeline?format=" + format.word();

    assertThat(client.get(path).header("Whorl-Left-Out")).isEqualTo("2");
    assertThat(client.get(path + "&duplicates=true").header("Whorl-Left-Out")).isEqualTo("0");
    assertThat(exported())
        .containsExactly(
            "timeline as " + format.word() + ", without 2 rows that say the same as others",
            "timeline as " + format.word());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?evidence=evidence-none&case=" + CASE, "?evidence=../..", "?case=C"})
  void severalPieces_needExactlyOneSelection(String query) {
    assertThat(viewer.get("/api/v1/timeline" + query).status()).isEqualTo(400);
  }

  @Test
  void findings_areJsonOrStix_andOnlyStixIsAnExport() {
    FakeClient finder =
        new FakeClient(
            new FindingRoutes(
                    collector.store,
                    index,
                    new FindingRoutes.Findings(
                        (reader, id) -> Map.of("evidence", id, "findings", List.of()),
                        (reader, id) -> "{}".getBytes(StandardCharsets.US_ASCII)),
                    new ExportLog(collector.custody, world.now::get))
                .routes(),
            Role.VIEWER);
    String path = "/api/v1/evidence/" + evidence + "/findings";

    assertThat(finder.get(path).json().get("evidence").asText()).isEqualTo(evidence.value());
    assertThat(exported()).isEmpty();
    Answer stix = finder.get(path + "?format=stix");
    assertThat(stix.header("Content-Type")).isEqualTo("application/stix+json;version=2.1");
    assertThat(stix.header("Content-Disposition")).contains("-findings.stix.json");
    assertThat(exported()).containsExactly("findings as stix");
    assertThat(finder.get(path + "?format=text").text()).contains("format", "text", "json, stix");
    assertThat(finder.get("/api/v1/evidence/evidence-none/findings").status()).isEqualTo(404);
    index.states.put(evidence, IndexStatus.of(IndexStatus.State.RUNNING, 0.5));
    assertThat(finder.get(path).status()).isEqualTo(409);
  }

  @Test
  void disconnectedClient_stopsTheReading() {
    AtomicInteger read = new AtomicInteger();
    Response response =
        new TimelineDownload(
                new EndlessTimeline(Long.MAX_VALUE) {
                  @Override
                  public void each(TimelineQuery query, Set<Column> columns, RowConsumer rows)
                      throws IOException {
                    super.each(
                        query,
                        columns,
                        row -> {
                          read.incrementAndGet();
                          rows.accept(row);
                        });
                  }
                },
                MarkedRows.NONE)
            .of(TimelineQuery.of(evidence), TimelineFormat.CSV, null, "x");
    OutputStream gone =
        new OutputStream() {
          private long left = 100_000;

          @Override
          public void write(int b) throws IOException {
            if (left-- == 0) {
              throw new IOException("the client is gone");
            }
          }
        };

    assertThatThrownBy(() -> ((Response.Body.Streamed) response.body()).writer().writeTo(gone))
        .hasMessage("the client is gone");
    assertThat(read).hasValueLessThan(2_000);
  }

  private Answer query(String query) {
    return at("/timeline?" + query);
  }

  private Answer at(String path) {
    String target = "/api/v1/evidence/" + evidence + path;
    return viewer.get(target.endsWith("?") ? target.substring(0, target.length() - 1) : target);
  }

  private List<String> exported() {
    return exported(evidence);
  }

  private List<String> exported(Id of) {
    try {
      return collector.custody.entries(of).stream()
          .filter(entry -> entry.action().equals("exported"))
          .map(entry -> entry.detail().get("what"))
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Id ship() {
    FakeAgent agent = new FakeAgent().with("recording.jfr", "0123456789").seal();
    world.keys.put(agent.id, agent.key.publicKey());
    assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
    return agent.evidence;
  }
}
