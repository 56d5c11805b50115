package whorl.collector.timeline.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeTimeline;
import whorl.collector.testkit.Sizes;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.StoredColumns;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.Where;
import whorl.collector.timeline.index.IndexRig;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Random queries over random rows of several blocks, in overlapping timelines. Pages must equal
 * those of the rows in memory: with the word index, with a damaged one and without one.
 */
@Timeout(300)
class SearchedRandomlyTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
  private static final int EVENTS = 9_000;
  private static final int QUESTIONS = Sizes.of(60);
  private static final List<String> WORDS =
      List.of(
          "passwd",
          "PASSW",
          "rare-dropper",
          "dropper",
          "opened",
          "Gadget",
          "inner.frame",
          "frame",
          "looked",
          "host-3",
          "e",
          "et",
          "Straße",
          "STRASSE",
          "пароль",
          "ПАРОЛЬ",
          "密码",
          "İx",
          "nowhere",
          "\"path\":\"/etc",
          "worker",
          "0000a7",
          "Main.main",
          "100%_",
          "😀");

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
    one = indexed(1);
    other = indexed(2);
  }

  @AfterAll
  static void close() throws Exception {
    rig.close();
  }

  @Test
  void pages_equalThoseOfRowsInMemory() throws Exception {
    assertThat(checkRandomQuery(new Random(11))).isGreaterThan(QUESTIONS / 2);
  }

  @Tag("long")
  @Test
  void damagedOrMissingWordIndex_doesNotChangeResults() throws Exception {
    Path folder = rig.collector.folder.timeline(one);
    Path rows = folder.resolve(StoredColumns.ROW_WORDS);
    Path stacks = folder.resolve(StoredColumns.STACK_WORDS);
    Path kept = root.resolve("kept.bin");
    Files.copy(rows, kept);
    try {
      byte[] bytes = Files.readAllBytes(rows);
      for (int i = 0; i < bytes.length / 2; i++) {
        bytes[i] ^= 0x55;
      }
      Files.write(rows, bytes);
      Files.write(stacks, new byte[100]);
      checkRandomQuery(new Random(12));
      Files.delete(rows);
      Files.delete(stacks);
      checkRandomQuery(new Random(13));
    } finally {
      Files.move(kept, rows, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** The number of queries with results. */
  private static int checkRandomQuery(Random random) throws Exception {
    int answered = 0;
    for (int i = 0; i < QUESTIONS; i++) {
      TimelineQuery query = randomQuery(random);
      List<Map<String, Object>> expected = new ArrayList<>();
      fake.each(query, row -> expected.add(row.flat()));
      int limit = expected.size() / 4 + 1 + random.nextInt(50);
      List<Map<String, Object>> paged = new ArrayList<>();
      String cursor = null;
      do {
        Timeline.Page page = rig.timeline.page(query.page(limit, cursor));
        page.rows().forEach(row -> paged.add(row.flat()));
        cursor = page.next();
      } while (cursor != null);
      assertThat(paged).as("question %d: %s", i, query).isEqualTo(expected);
      assertThat(counts(rig.timeline, query)).as("%s", query).isEqualTo(counts(fake, query));
      answered += expected.isEmpty() ? 0 : 1;
    }
    return answered;
  }

  private static Map<String, Long> counts(Timeline timeline, TimelineQuery query) throws Exception {
    Map<String, Long> counts = new HashMap<>();
    timeline.types(query).forEach(type -> counts.put(type.type(), type.count()));
    return counts;
  }

  private static TimelineQuery randomQuery(Random random) {
    TimelineQuery query =
        switch (random.nextInt(3)) {
          case 0 -> TimelineQuery.of(one);
          case 1 -> TimelineQuery.of(other, one);
          default -> TimelineQuery.of(one, other);
        };
    if (random.nextInt(4) > 0) {
      String words = WORDS.get(random.nextInt(WORDS.size()));
      if (random.nextInt(3) == 0) {
        words += " " + WORDS.get(random.nextInt(WORDS.size()));
      }
      query = query.text(words);
    }
    if (random.nextInt(3) == 0) {
      Instant from = START.plusMillis(random.nextInt(EVENTS));
      query = query.between(from, from.plusMillis(random.nextInt(EVENTS)));
    }
    if (random.nextInt(4) == 0) {
      query = query.types(random.nextBoolean() ? "whorl.*" : "acme.Odd");
    }
    if (random.nextInt(4) == 0) {
      query = query.where(Column.SEQUENCE, Where.Op.GT, "" + random.nextInt(EVENTS));
    }
    if (random.nextInt(6) == 0) {
      query =
          query.where(
              Column.URL_PATH, Where.Op.values()[random.nextInt(4)], "/cart/" + random.nextInt(5));
    }
    return query.newestFirst(random.nextBoolean()).withStacks(random.nextInt(4) == 0);
  }

  private static Id indexed(int salt) throws Exception {
    Random random = new Random(salt);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < EVENTS; i++) {
      lines.append(Json.text(line(i, random))).append('\n');
    }
    Id evidence = rig.received(new FakeAgent().with("events.ndjson", lines.toString()));
    rig.indexed(evidence);
    List<Row> rows = rig.rows(TimelineQuery.of(evidence).withStacks(true));
    assertThat(rows).hasSizeGreaterThan(4 * 2_048);
    rows.forEach(fake::add);
    return evidence;
  }

  private static EventLine line(int i, Random random) {
    Map<String, Object> fields = new HashMap<>();
    String type;
    switch (random.nextInt(4)) {
      case 0 -> {
        type = "whorl.FileOpen";
        fields.put("path", i == 4_000 ? "/tmp/rare-Dropper" : path(random));
        fields.put("requestId", "request-" + i / 8);
      }
      case 1 -> {
        type = "whorl.DnsLookup";
        fields.put("host", "host-" + random.nextInt(7) + ".example");
      }
      case 2 -> {
        type = "whorl.HttpRequest";
        fields.put("method", "GET");
        fields.put("path", "/cart/" + random.nextInt(5));
        fields.put("remoteAddress", "10.0.0." + random.nextInt(9));
        fields.put("requestId", "request-" + i / 8);
      }
      default -> {
        type = "acme.Odd";
        fields.put("note", note(i, random));
      }
    }
    return new EventLine(
        i,
        START.plusMillis(i - i % (1 + random.nextInt(3))),
        type,
        fields,
        "worker-" + random.nextInt(4),
        stack(i, random));
  }

  private static String path(Random random) {
    return random.nextInt(30) == 0
        ? "/etc/passwd"
        : String.format("/srv/%06x", random.nextInt(1 << 20));
  }

  private static String note(int i, Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> "Пароль " + random.nextInt(9);
      case 1 -> "Straße İX";
      case 2 -> "密码 \uD83D\uDE00";
      case 3 -> i % 3_000 == 17 ? "rare-dropper" : "100%_ \u0000";
      default -> "worth nothing";
    };
  }

  private static List<String> stack(int i, Random random) {
    return switch (random.nextInt(6)) {
      case 0 ->
          List.of(
              "some.inner.Frame" + random.nextInt(400) + ".call(Frame.java:1)", "outer.Main.main");
      case 1 ->
          i % 500 == 3
              ? List.of("org.GadgetChain.read(Gadget.java:6)", "outer.Main.main")
              : List.of();
      default -> List.of();
    };
  }
}
