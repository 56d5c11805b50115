package whorl.collector.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.export.formats.TimelineFormat;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeClient;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.RowMarks;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.evidence.Id;

/** Timelines of several pieces of evidence, their marked rows, and what is exported. */
class TimelinesTest extends TimelineFixture {
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

  /** With each filter another number of rows is left out; custody must not grow with each. */
  @Test
  void exportsThatLeaveOutOtherNumbersOfRows_areOneEntry() {
    AtomicLong rows = new AtomicLong(7);
    FakeClient client =
        over(
            new EndlessTimeline(5) {
              @Override
              public List<TypeCount> types(TimelineQuery query) {
                long count = query.once() ? 5 : rows.getAndIncrement();
                return List.of(new TypeCount("alert.raised", "host", count));
              }
            },
            MarkedRows.NONE);
    String path = "/api/v1/evidence/" + evidence + "/timeline?format=csv";

    for (String leftOut : List.of("2", "3", "4")) {
      assertThat(client.get(path).header("Whorl-Left-Out")).isEqualTo(leftOut);
    }

    assertThat(exported())
        .containsExactly("timeline as csv, without 2 rows that say the same as others");
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
}
