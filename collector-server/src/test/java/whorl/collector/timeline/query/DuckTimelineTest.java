package whorl.collector.timeline.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeTimeline;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Recordings;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.RowChoice;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.Where;
import whorl.collector.timeline.index.IndexRig;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** The same queries give the same results on rows in Parquet and on the same rows in memory. */
@Timeout(300)
class DuckTimelineTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
  private static final int EVENTS = 400;

  @TempDir private static Path root;
  private static IndexRig rig;
  private static FakeTimeline fake;
  private static Id one;
  private static Id other;

  @BeforeAll
  static void index() throws Exception {
    rig = new IndexRig(root);
    rig.index.start();
    fake = new FakeTimeline();
    one = indexed(0);
    other = indexed(3);
  }

  @AfterAll
  static void close() throws Exception {
    rig.close();
  }

  static Stream<TimelineQuery> queries() {
    return Stream.<TimelineQuery>of(
            TimelineQuery.of(one),
            TimelineQuery.of(one, other),
            TimelineQuery.of(one).between(START.plusMillis(200), START.plusMillis(900)),
            TimelineQuery.of(one).between(START.plusMillis(900), START.plusMillis(200)),
            TimelineQuery.of(one, other).between(null, START.plusMillis(77)),
            TimelineQuery.of(one).types("whorl.FileOpen"),
            TimelineQuery.of(one).types("whorl.File*", "whorl.DnsLookup"),
            TimelineQuery.of(one).types("nothing.Such"),
            TimelineQuery.of(one, other).only(only(RowChoice.By.NUMBER, 3L, 7L, 1_000_000L)),
            TimelineQuery.of(one).text("passwd").only(only(RowChoice.By.NUMBER, 0L, 1L, 2L)),
            TimelineQuery.of(one, other)
                .only(
                    only(
                        RowChoice.By.SOURCE_TIME, START.plusMillis(50).toEpochMilli() * 1_000_000)),
            TimelineQuery.of(one).text("PASSWD"),
            TimelineQuery.of(one).text("etc passwd"),
            TimelineQuery.of(one).text("inner.frame"),
            TimelineQuery.of(one).text("100%_"),
            TimelineQuery.of(one, other).where(Column.FILE_PATH, Where.Op.PREFIX, "/ETC/"),
            TimelineQuery.of(one).where(Column.FILE_PATH, Where.Op.CONTAINS, "'; DROP"),
            TimelineQuery.of(one).where(Column.FILE_PATH, Where.Op.NE, "/etc/passwd"),
            TimelineQuery.of(one).where(Column.SEQUENCE, Where.Op.GT, "390"),
            TimelineQuery.of(one).where(Column.SEQUENCE, Where.Op.LT, "5"),
            TimelineQuery.of(one)
                .where(Column.THREAD_NAME, Where.Op.EQ, "worker-1")
                .where(Column.CATEGORY, Where.Op.EQ, "network"))
        .flatMap(query -> Stream.of(query, query.newestFirst(true), query.withStacks(true)));
  }

  @ParameterizedTest
  @MethodSource("queries")
  void results_equalThoseOfRowsInMemory(TimelineQuery query) throws Exception {
    List<Map<String, Object>> expected = new ArrayList<>();
    fake.each(query, row -> expected.add(row.flat()));

    assertThat(rig.rows(query)).extracting(Row::flat).isEqualTo(expected);
    assertThat(paged(query)).isEqualTo(expected);
    assertThat(counts(rig.timeline, query)).isEqualTo(counts(fake, query));
    assertThat(counted(rig.timeline.histogram(query, 7))).isEqualTo(expected.size());
    assertThat(exported(query)).isEqualTo(expected.size());
  }

  @Test
  void stacks_equalThoseOfRowsInMemory() throws Exception {
    List<Long> numbers = new ArrayList<>();
    for (long number = 0; number < 2_500; number += 2) {
      numbers.add(number);
    }
    Map<Long, String> expected = new HashMap<>();
    fake.stacks(one, numbers, 12, expected::put);
    Map<Long, String> answered = new HashMap<>();
    rig.timeline.stacks(one, numbers, 12, answered::put);

    assertThat(expected).isNotEmpty();
    assertThat(answered).isEqualTo(expected);
  }

  @Test
  void malformedCursor_isRefused() {
    assertThatThrownBy(() -> rig.timeline.page(TimelineQuery.of(one).page(10, "bm9uZQ")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cursor");
  }

  /** A page is in memory as a whole; the cursor leads on. */
  @Test
  void rowsOfAMebibyte_makeShorterPages() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      Map<String, Object> fields = Map.of("note", i + "x".repeat(1_000_000));
      lines
          .append(
              Json.text(
                  new EventLine(i, START.plusMillis(i), "acme.Long", fields, "main", List.of())))
          .append('\n');
    }
    Id evidence = rig.received(new FakeAgent().with("events.ndjson", lines.toString()));
    rig.indexed(evidence);
    TimelineQuery query = TimelineQuery.of(evidence).types("acme.Long").page(50, null);
    List<Long> found = new ArrayList<>();

    Timeline.Page first = rig.timeline.page(query);
    first.rows().forEach(row -> found.add(row.number(Column.SEQUENCE)));
    assertThat(found).hasSizeBetween(20, 40);
    Timeline.Page second = rig.timeline.page(query.page(50, first.next()));
    second.rows().forEach(row -> found.add(row.number(Column.SEQUENCE)));

    assertThat(second.next()).isNull();
    assertThat(found).isEqualTo(LongStream.range(0, 50).boxed().toList());
  }

  @Test
  void veryManyTypes_areCountedTogetherBeyondALimit() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 2_500; i++) {
      EventLine line =
          new EventLine(i, START.plusMillis(i), "acme.T" + i, Map.of(), "main", List.of());
      lines.append(Json.text(line)).append('\n');
    }
    Id evidence = rig.received(new FakeAgent().with("events.ndjson", lines.toString()));
    rig.indexed(evidence);

    List<Timeline.TypeCount> types = rig.timeline.types(TimelineQuery.of(evidence).types("acme.*"));

    assertThat(types).hasSize(2_001);
    assertThat(types.get(2_000)).isEqualTo(Timeline.TypeCount.ofOthers(500));
  }

  /** Of the other evidence there are none. */
  private static RowChoice only(RowChoice.By by, Long... values) {
    return new RowChoice(by, Map.of(one, List.of(values)));
  }

  private static Id indexed(int salt) throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < EVENTS; i++) {
      lines.append(Json.text(line(i, salt))).append('\n');
    }
    FakeAgent agent =
        new FakeAgent()
            .with("recording.jfr", Recordings.small(1))
            .with("events.ndjson", lines.toString());
    Id evidence = rig.received(agent);
    rig.indexed(evidence);
    List<Row> rows = rig.rows(TimelineQuery.of(evidence).withStacks(true));
    assertThat(rows).hasSizeGreaterThan(EVENTS);
    rows.forEach(fake::add);
    return evidence;
  }

  private static EventLine line(int i, int salt) {
    Map<String, Object> fields = new HashMap<>();
    String type;
    if (i % 3 == 0) {
      type = "whorl.FileOpen";
      fields.put("path", i % 6 == 0 ? "/etc/passwd" : "/srv/'; DROP TABLE rows --" + i);
      fields.put("access", "read");
    } else if (i % 3 == 1) {
      type = "whorl.DnsLookup";
      fields.put("host", "host-" + i % 7 + ".example");
    } else {
      type = "acme.Odd";
      fields.put("note", "100%_ \u0000 \"quoted\" ü");
    }
    return new EventLine(
        i,
        START.plusMillis(i / 2 * 5L + salt),
        type,
        fields,
        "worker-" + i % 4,
        i % 5 == 0 ? List.of("some.inner.Frame.call(Frame.java:1)", "outer.Main.main") : List.of());
  }

  private static List<Map<String, Object>> paged(TimelineQuery query) throws Exception {
    List<Map<String, Object>> rows = new ArrayList<>();
    String cursor = null;
    do {
      Timeline.Page page = rig.timeline.page(query.page(37, cursor));
      assertThat(page.rows()).hasSizeLessThanOrEqualTo(37);
      page.rows().forEach(row -> rows.add(row.flat()));
      cursor = page.next();
    } while (cursor != null);
    return rows;
  }

  private static Map<String, Long> counts(Timeline timeline, TimelineQuery query) throws Exception {
    Map<String, Long> counts = new HashMap<>();
    timeline.types(query).forEach(type -> counts.put(type.type(), type.count()));
    return counts;
  }

  private static long counted(Timeline.Histogram histogram) {
    return histogram.series().stream()
        .flatMap(series -> series.counts().stream())
        .mapToLong(Long::longValue)
        .sum();
  }

  private static long exported(TimelineQuery query) throws Exception {
    Path file = Files.createTempFile(root, "out", ".parquet");
    try (var out = Files.newOutputStream(file)) {
      rig.timeline.parquet(query, out);
    }
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        ResultSet count =
            connection.createStatement().executeQuery("SELECT count(*) FROM '" + file + "'")) {
      count.next();
      return count.getLong(1);
    }
  }
}
