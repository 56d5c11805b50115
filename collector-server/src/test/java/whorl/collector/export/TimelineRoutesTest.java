package whorl.collector.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.testkit.Answer;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;

/** One timeline: pages, filters, parameters that are refused, and the state of its index. */
class TimelineRoutesTest extends TimelineFixture {
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
}
