package whorl.collector.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.event.SelfTestProgress;
import whorl.agent.event.jfr.JfrEvents;
import whorl.agent.redact.Redactor;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.OwnTemporaryFolders;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.event.CleanTexts;
import whorl.evidence.Digest;
import whorl.evidence.EventLine;
import whorl.evidence.Json;

class ReplayCommandTest {
  private static final int EVENTS_A_THREAD = 200;
  private static final String EVIDENCE = "0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f";

  @TempDir static Path shared;

  private static Path recording;

  @TempDir Path folder;

  /** An event like the agent's. */
  @Name("whorl.FileOpen")
  @StackTrace
  static final class Opened extends Event {
    String path;
    boolean created;
    int number;
    String requestId;
    @Timespan long elapsed;
  }

  /** An event with a duration. */
  @Name("whorl.Console")
  static final class Note extends Event {
    String line;
  }

  /** Unregisters the types: other tests check all existing types. */
  @AfterAll
  static void unregister() {
    FlightRecorder.unregister(Opened.class);
    FlightRecorder.unregister(Note.class);
  }

  @BeforeAll
  static void record() throws Exception {
    FlightRecorder.register(Opened.class); // again, if this class runs twice in one JVM
    FlightRecorder.register(Note.class);
    recording = shared.resolve("shop.jfr");
    new JfrEvents(
        new Redactor(List.of()),
        new CleanTexts(0),
        new SelfTestProgress()); // their types have the same names as those below
    try (Recording jfr = new Recording()) {
      jfr.enable("jdk.ActiveSetting");
      jfr.start();
      takeTurns();
      try (Recording other = new Recording()) {
        other.start(); // ends the chunk
        takeTurns();
      }
      Note note = new Note();
      note.begin();
      note.line = "red \u001B[31m, left \u202E, next\nline";
      note.commit();
      jfr.dump(recording);
    }
  }

  /** Two threads in turn: each has its own buffers, which are written one after the other. */
  private static void takeTurns() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    CountDownLatch ready = new CountDownLatch(2);
    for (String name : List.of("http-1", "http-2")) {
      Thread thread =
          new Thread(
              () -> {
                ready.countDown();
                for (int i = 0; i < EVENTS_A_THREAD; i++) {
                  Opened opened = new Opened();
                  opened.path = "/etc/" + name + "/" + i;
                  opened.created = i == 0;
                  opened.number = i;
                  opened.requestId = name + "-" + i % 2;
                  opened.elapsed = 1_500_000;
                  opened.commit();
                  Thread.yield();
                }
              },
              name);
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void events_areInTimeOrder_acrossThreadsAndChunks() throws Exception {
    List<EventLine> events = ndjson("--events", "whorl.FileOpen");

    assertThat(events).hasSize(4 * EVENTS_A_THREAD);
    assertThat(events).extracting(EventLine::time).isSorted();
    assertThat(events).extracting(EventLine::thread).contains("http-1", "http-2");
    assertThat(events).extracting(EventLine::sequence).isSorted().doesNotHaveDuplicates();
    for (String thread : List.of("http-1", "http-2")) {
      assertThat(
              events.stream()
                  .filter(event -> thread.equals(event.thread()))
                  .limit(EVENTS_A_THREAD)
                  .map(event -> event.fields().get("number")))
          .isSorted();
    }
  }

  @Test
  void line_hasTimeTypeThreadAndFields_withoutFalseFlags() {
    CliRun run = new CliRun();

    assertThat(run.run("replay", recording.toString(), "--where", "path=/etc/http-1/0")).isZero();

    assertThat(run.out().lines().toList())
        .hasSize(2)
        .allSatisfy(
            line ->
                assertThat(line)
                    .matches(
                        "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z  whorl.FileOpen +"
                            + "\\[http-1\\] path=/etc/http-1/0 created number=0"
                            + " http.request.id=http-1-0 elapsed=1\\.500ms"));
  }

  @Test
  void filters_mustAllHold() throws Exception {
    assertThat(ndjson("--request", "http-1-1")).hasSize(EVENTS_A_THREAD);
    assertThat(ndjson("--thread", "http-*", "--events", "whorl.*")).hasSize(4 * EVENTS_A_THREAD);
    assertThat(ndjson("--where", "path=*/7", "--where", "number=7", "--thread", "http-2"))
        .hasSize(2)
        .extracting(EventLine::thread)
        .containsOnly("http-2");
    assertThat(ndjson("--where", "path=/ETC/*", "--where", "number=7")).isEmpty();
  }

  @Test
  void aRequestsId_hasOneMeaning_underEachOfItsNames() throws Exception {
    for (String name : List.of("http.request.id", "request.id", "requestId")) {
      assertThat(ndjson("--where", name + "=http-1-1")).as(name).hasSize(EVENTS_A_THREAD);
    }
  }

  @Test
  void conditions_areThoseOfTimelines_too() throws Exception {
    assertThat(ndjson("--where", "path:prefix:/ETC/http-1/", "--where", "number:eq:7")).hasSize(2);
    assertThat(ndjson("--where", "number<2", "--where", "path:contains:HTTP-2")).hasSize(4);
    assertThat(ndjson("--type", "whorl.FileOpen", "--where", "number!=7"))
        .hasSize(ndjson("--type", "whorl.FileOpen").size() - ndjson("--where", "number=7").size());
  }

  @Test
  void events_areSelectedByName() throws Exception {
    assertThat(ndjson("--events", "whorl.Cons*,nothing")).hasSize(1);
    assertThat(ndjson("--events", "*")).extracting(EventLine::type).contains("jdk.ActiveSetting");
    assertThat(ndjson()).extracting(EventLine::type).doesNotContain("jdk.ActiveSetting");
  }

  @Test
  void fromAndTo_keepEventsBetween() throws Exception {
    List<EventLine> all = ndjson("--events", "whorl.FileOpen");
    Instant from = all.get(10).time();
    Instant to = all.get(20).time();

    List<EventLine> some =
        ndjson("--events", "whorl.FileOpen", "--from", from.toString(), "--to", to.toString());

    assertThat(some)
        .hasSizeBetween(11, 30)
        .allSatisfy(event -> assertThat(event.time()).isBetween(from, to));
  }

  @Test
  void stacks_areShownOnRequest() throws Exception {
    assertThat(ndjson("--where", "number=7")).allSatisfy(e -> assertThat(e.stack()).isEmpty());
    assertThat(ndjson("--where", "number=7", "--stacks"))
        .allSatisfy(e -> assertThat(e.stack().get(0)).contains("ReplayCommandTest"));
    CliRun run = new CliRun();
    run.run("replay", recording.toString(), "--where", "path=/etc/http-1/7", "--stacks");
    assertThat(run.out()).contains("      at whorl.collector.cli.replay.ReplayCommandTest");
  }

  @Test
  void controlCharacters_areMadeVisible() {
    CliRun run = new CliRun();

    run.run("replay", recording.toString(), "--events", "whorl.Console");

    assertThat(run.out()).contains("red \uFFFD[31m, left \uFFFD, next\uFFFDline");
    assertThat(run.out().strip().lines()).hasSize(1);
    CliRun json = new CliRun();
    json.run("replay", recording.toString(), "--events", "whorl.Console", "--ndjson");
    assertThat(json.out()).doesNotContain("\u001B", "\u202E").contains("\\u001B", "\\u202E");
  }

  @Test
  void pace_onATerminalIsTheOriginalOne() {
    CliRun run = new CliRun().terminal(200, false).clockAdvances(Duration.ofHours(1));

    assertThat(run.run("replay", recording.toString(), "--events", "whorl.*", "--pace", "1x"))
        .isZero();

    assertThat(run.out().lines()).hasSize(4 * EVENTS_A_THREAD + 1);
  }

  @Test
  void chunksInAWrongOrder_areReported() throws IOException {
    byte[] whole = Files.readAllBytes(recording);
    int first = (int) ByteBuffer.wrap(whole).getLong(8);
    assertThat(first).isBetween(1, whole.length - 1);
    Path turned = folder.resolve("turned.jfr");
    Files.write(turned, Arrays.copyOfRange(whole, first, whole.length));
    Files.write(turned, Arrays.copyOf(whole, first), StandardOpenOption.APPEND);
    CliRun run = new CliRun();

    assertThat(run.run("replay", turned.toString(), "--events", "whorl.*")).isZero();

    assertThat(run.out().lines()).hasSize(4 * EVENTS_A_THREAD + 1);
    assertThat(run.err()).contains("events came after later ones");
    CliRun inOrder = new CliRun();
    inOrder.run("replay", recording.toString(), "--events", "whorl.*");
    assertThat(inOrder.err()).isEmpty();
  }

  @Test
  void colours_areUsedOnlyIfEnabled() {
    CliRun run = new CliRun().terminal(200, true);

    run.run("replay", recording.toString(), "--where", "path=/etc/http-1/0", "--pace", "max");

    assertThat(run.out()).contains("\u001B[2m[http-1]\u001B[0m");
  }

  @Test
  void nothingMatched_isStatus4() {
    assertThat(new CliRun().run("replay", recording.toString(), "--events", "nothing.*"))
        .isEqualTo(ExitStatus.NOTHING_MATCHED);
    CliRun run = new CliRun();
    assertThat(run.run("replay", recording.toString(), "--thread", "nobody"))
        .isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(run.err()).contains("no events match");
  }

  @Test
  void wrongUsage_isNamed() {
    for (List<String> wrong :
        List.of(
            List.of("replay"),
            List.of("replay", recording.toString(), "--evidence", EVIDENCE),
            List.of("replay", recording.toString(), "--pace", "fast"),
            List.of("replay", recording.toString(), "--from", "soon"),
            List.of("replay", recording.toString(), "--where", "path"))) {
      CliRun run = new CliRun();
      assertThat(run.run(wrong.toArray(String[]::new)))
          .as(wrong.toString())
          .isEqualTo(ExitStatus.WRONG_USAGE);
      assertThat(run.out()).isEmpty();
    }
  }

  /** Damages the file in ten ways; none may print a stack trace. */
  @Test
  void damagedFile_isOneErrorWithARemedy() throws IOException {
    byte[] whole = Files.readAllBytes(recording);
    List<byte[]> damaged = new ArrayList<>();
    damaged.add(new byte[0]);
    damaged.add("not a recording".getBytes(StandardCharsets.UTF_8));
    damaged.add(Arrays.copyOf(whole, 20));
    damaged.add(Arrays.copyOf(whole, whole.length / 3));
    damaged.add(Arrays.copyOf(whole, whole.length - 9));
    damaged.add(changed(whole, 8, 8, 0x7f));
    damaged.add(changed(whole, 16, 8, 0x7f));
    damaged.add(changed(whole, 24, 8, 0x11));
    damaged.add(changed(whole, 68, whole.length / 2, 0xff));
    damaged.add(changed(whole, 68, 4000, 0x01));
    PrintStream usual = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      for (int i = 0; i < damaged.size(); i++) {
        Path file = folder.resolve("damaged-" + i + ".jfr");
        Files.write(file, damaged.get(i));
        CliRun run = new CliRun();

        assertThat(run.run("replay", file.toString())).as(file + ": " + run.err()).isEqualTo(1);

        assertThat(run.out()).as(file.toString()).isEmpty();
        assertThat(run.err().lines().toList())
            .as(file.toString())
            .hasSize(2)
            .noneMatch(line -> line.contains("\tat ") || line.contains("defect"))
            .first()
            .asString()
            .contains("cannot read " + file + " as a recording: ");
      }
    } finally {
      System.setErr(usual);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void missingFile_isNamed() {
    CliRun run = new CliRun();

    assertThat(run.run("replay", folder.resolve("none.jfr").toString())).isEqualTo(1);

    assertThat(run.err()).contains("none.jfr: no such file");
  }

  @Test
  void evidence_isFetchedCheckedAndDeleted() throws IOException {
    byte[] bytes = Files.readAllBytes(recording);
    try (FakeCollector collector = new FakeCollector()) {
      collector
          .on("GET /api/v1/evidence/" + EVIDENCE, evidence("recording.jfr", bytes))
          .on("GET /api/v1/evidence/" + EVIDENCE + "/index", "{'state':'running'}")
          .on(
              "GET /api/v1/evidence/" + EVIDENCE + "/artifacts/recording.jfr",
              FakeCollector.Answer.bytes(bytes));
      CliRun run = new CliRun();

      assertThat(run.run(collector, "replay", "--evidence", EVIDENCE, "--events", "whorl.Console"))
          .as(run.err())
          .isZero();

      assertThat(run.out()).contains("whorl.Console");
      assertThat(OwnTemporaryFolders.left()).isEmpty();
      assertThat(run.err()).contains("there is no timeline yet");
    }
  }

  @Test
  void timesOfEvidence_areThoseOfItsTimeline() throws IOException {
    byte[] bytes = Files.readAllBytes(recording);
    Instant own = ndjson("--events", "whorl.Console").get(0).time();
    try (FakeCollector collector = new FakeCollector()) {
      collector
          .on("GET /api/v1/evidence/" + EVIDENCE, evidence("recording.jfr", bytes))
          .on(
              "GET /api/v1/evidence/" + EVIDENCE + "/index",
              "{'state':'ready','clockOffsetMillis':-16}")
          .on(
              "GET /api/v1/evidence/" + EVIDENCE + "/artifacts/recording.jfr",
              FakeCollector.Answer.bytes(bytes));
      CliRun run = new CliRun();
      CliRun raw = new CliRun();

      int corrected =
          run.run(collector, "replay", EVIDENCE, "--events", "whorl.Console", "--ndjson");
      int asRecorded =
          raw.run(
              collector,
              "replay",
              EVIDENCE,
              "--events",
              "whorl.Console",
              "--ndjson",
              "--raw-times");

      assertThat(List.of(corrected, asRecorded)).containsOnly(ExitStatus.DONE);
      assertThat(Json.LENIENT.readValue(run.out(), EventLine.class).time())
          .isEqualTo(own.minusMillis(16));
      assertThat(run.err()).containsOnlyOnce("corrected by -16 ms").contains("--raw-times");
      assertThat(Json.LENIENT.readValue(raw.out(), EventLine.class).time()).isEqualTo(own);
      assertThat(raw.err()).doesNotContain("corrected");
    }
  }

  @Test
  void encryptedRecording_isExplained() throws IOException {
    try (FakeCollector collector = new FakeCollector()) {
      collector.on(
          "GET /api/v1/evidence/" + EVIDENCE, evidence("recording.jfr.age", new byte[] {1}));
      CliRun run = new CliRun();

      assertThat(run.run(collector, "replay", "--evidence", EVIDENCE))
          .isEqualTo(ExitStatus.NOTHING_MATCHED);

      assertThat(run.err()).contains("has recording.jfr encrypted only", "age -d -i KEYFILE");
    }
  }

  private static byte[] changed(byte[] whole, int from, int length, int value) {
    byte[] changed = whole.clone();
    Arrays.fill(changed, from, Math.min(whole.length, from + length), (byte) value);
    return changed;
  }

  private static String evidence(String artifact, byte[] bytes) {
    return "{'id':'%s','capture':'%s','agent':'%s','service':'shop','state':'sealed',"
            .formatted(EVIDENCE, EVIDENCE, EVIDENCE)
        + "'sealedAt':'2026-11-24T12:00:00Z','artifacts':[{'name':'%s','size':%d,'sha256':'%s',"
            .formatted(artifact, bytes.length, Digest.of(bytes))
        + "'mediaType':'application/x-jfr'}],'signature':{'verified':true,'keyId':'k'}}";
  }

  private List<EventLine> ndjson(String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("replay", recording.toString(), "--ndjson"));
    arguments.addAll(List.of(options));
    CliRun run = new CliRun();
    int status = run.run(arguments.toArray(String[]::new));
    assertThat(status).as(run.err()).isIn(0, ExitStatus.NOTHING_MATCHED);
    List<EventLine> events = new ArrayList<>();
    for (String line : run.out().lines().toList()) {
      JsonNode node = Json.MAPPER.readTree(line);
      events.add(Json.MAPPER.treeToValue(node, EventLine.class));
    }
    return events;
  }
}
