package whorl.collector.derive;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jdk.jfr.AnnotationElement;
import jdk.jfr.DataAmount;
import jdk.jfr.EventType;
import jdk.jfr.Timespan;
import jdk.jfr.Timestamp;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.IMCFrame;
import org.openjdk.jmc.common.IMCStackTrace;
import org.openjdk.jmc.common.IMCThread;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IType;
import org.openjdk.jmc.common.item.ItemFilters;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.JfrAttributes;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.UnforcedDisk;
import whorl.evidence.EventLine;
import whorl.evidence.Json;

class DerivedRecordingTest {
  private static final List<EventLine> EVENTS =
      List.of(
          new EventLine(
              0,
              Instant.parse("2026-01-02T03:04:05.000000001Z"),
              "whorl.FileOpen",
              Map.of("path", "/etc/passwd", "access", "read", "created", false),
              "http-1",
              List.of(
                  "java.base/java.io.FileInputStream.open(FileInputStream.java:213)",
                  "app//shop.Files$View.show(Files.java:12)",
                  "shop.Lambda$14/0x00007f0001.run(Unknown Source)",
                  "java.base/jdk.internal.reflect.Direct.invoke0(Native Method)")),
          new EventLine(
              1,
              Instant.parse("2026-01-02T03:04:06.5Z"),
              "whorl.SocketConnect",
              Map.of("host", "metadata", "port", 80, "request.path", "/find", "request.id", "7"),
              "http-2",
              List.of()),
          new EventLine(
              2,
              Instant.parse("2026-01-02T03:04:04Z"),
              "whorl.DnsLookup",
              Map.of("host", "évil.example", "addresses", List.of("10.0.0.1", "10.0.0.2")),
              null,
              List.of("no frame at all")),
          new EventLine(
              3,
              Instant.parse("2026-01-02T03:04:07Z"),
              "jdk.Deserialization",
              Map.of("type", "shop.Cart", "arrayLength", 3, "startTime", "x"),
              "http-1",
              List.of()));

  @TempDir Path root;

  @Test
  void eventsWithoutARecording_openInTheJdksParser() throws Exception {
    List<RecordedEvent> events = RecordingFile.readAllEvents(derive(ndjson(EVENTS)));

    assertThat(events).hasSize(4);
    RecordedEvent open = only(events, "whorl.FileOpen");
    assertThat(open.getString("path")).isEqualTo("/etc/passwd");
    assertThat(open.getBoolean("created")).isFalse();
    assertThat(open.getStartTime()).isEqualTo(Instant.parse("2026-01-02T03:04:05.000000001Z"));
    assertThat(open.getThread().getJavaName()).isEqualTo("http-1");
    assertThat(open.getEventType().getLabel()).isEqualTo("File Open");
    assertThat(open.getEventType().getCategoryNames()).containsExactly("Whorl", "Files");
    assertThat(open.getEventType().getField("path").getLabel()).isEqualTo("Path");
    List<RecordedFrame> frames = open.getStackTrace().getFrames();
    assertThat(frames)
        .extracting(frame -> frame.getMethod().getType().getName())
        .containsExactly(
            "java.io.FileInputStream",
            "shop.Files$View",
            "shop.Lambda$14.0x00007f0001",
            "jdk.internal.reflect.Direct");
    assertThat(frames)
        .extracting(frame -> frame.getMethod().getName())
        .containsExactly("open", "show", "run", "invoke0");
    assertThat(frames).extracting(RecordedFrame::getLineNumber).containsExactly(213, 12, 0, 0);
    RecordedEvent connect = only(events, "whorl.SocketConnect");
    assertThat(connect.getLong("port")).isEqualTo(80);
    assertThat(connect.getString("requestPath")).isEqualTo("/find");
    assertThat(connect.getStartTime()).isEqualTo(Instant.parse("2026-01-02T03:04:06.5Z"));
    RecordedEvent lookup = only(events, "whorl.DnsLookup");
    assertThat(lookup.getString("host")).isEqualTo("évil.example");
    assertThat(lookup.getString("addresses")).isEqualTo("10.0.0.1, 10.0.0.2");
    assertThat(only(events, "jdk.Deserialization").getString("startTimeField")).isEqualTo("x");
  }

  @Test
  void derivedFields_haveJfrMetadata() throws Exception {
    RecordedEvent request =
        only(
            RecordingFile.readAllEvents(
                derive(
                    ndjson(
                        List.of(
                            new EventLine(
                                0,
                                Instant.parse("2026-01-02T03:04:05Z"),
                                "whorl.HttpRequest",
                                Map.of("path", "/find", "elapsed", 1_500_000, "request.id", "7"),
                                "http-1",
                                List.of()))))),
            "whorl.HttpRequest");

    EventType type = request.getEventType();
    assertThat(type.getDescription()).isEqualTo("A request was served");
    assertThat(request.getDuration("elapsed")).isEqualTo(Duration.ofNanos(1_500_000));
    assertThat(type.getField("elapsed").getContentType()).isEqualTo(Timespan.class.getName());
    assertThat(type.getField("requestBytes").getContentType())
        .isEqualTo(DataAmount.class.getName());
    assertThat(type.getField("startTime").getContentType()).isEqualTo(Timestamp.class.getName());
    assertThat(type.getField("forwardedFor").getDescription()).contains("anybody can claim it");
    assertThat(type.getField("requestId").getAnnotationElements())
        .filteredOn(annotation -> annotation.getTypeName().equals("whorl.SameRequest"))
        .singleElement()
        .satisfies(
            same ->
                assertThat(same.getAnnotationElements())
                    .extracting(AnnotationElement::getTypeName)
                    .contains("jdk.jfr.Relational"));
  }

  @Test
  void fieldOfAnotherKindThanTheAgents_isShownUnchanged() throws Exception {
    RecordedEvent request =
        only(
            RecordingFile.readAllEvents(
                derive(
                    ndjson(
                        List.of(
                            new EventLine(
                                0,
                                Instant.parse("2026-01-02T03:04:05Z"),
                                "whorl.HttpRequest",
                                Map.of("elapsed", "for ever"),
                                "http-1",
                                List.of()))))),
            "whorl.HttpRequest");

    assertThat(request.getString("elapsed")).isEqualTo("for ever");
    assertThat(request.getEventType().getField("elapsed").getContentType()).isNull();
  }

  @Test
  void eventsWithoutARecording_openInMissionControl() throws Exception {
    IItemCollection events = JfrLoaderToolkit.loadEvents(derive(ndjson(EVENTS)).toFile());

    IItem open = only(events, "whorl.FileOpen");
    IType<IItem> type = typeOf(open);
    assertThat(type.getName()).isEqualTo("File Open");
    assertThat(JfrAttributes.EVENT_THREAD.getAccessor(type).getMember(open))
        .extracting(IMCThread::getThreadName)
        .isEqualTo("http-1");
    IQuantity start = JfrAttributes.START_TIME.getAccessor(type).getMember(open);
    assertThat(start.longValueIn(UnitLookup.EPOCH_NS))
        .isEqualTo(Instant.parse("2026-01-02T03:04:05Z").getEpochSecond() * 1_000_000_000L + 1);
    IMCStackTrace stack = JfrAttributes.EVENT_STACKTRACE.getAccessor(type).getMember(open);
    assertThat(stack.getFrames())
        .extracting(frame -> frame.getMethod().getType().getFullName())
        .contains("java.io.FileInputStream", "shop.Files$View");
    assertThat(stack.getFrames()).extracting(IMCFrame::getFrameLineNumber).contains(213, 12);
    assertThat(events.apply(ItemFilters.type("whorl.SocketConnect")).hasItems()).isTrue();
  }

  @Test
  void manyEvents_areAllConverted() throws Exception {
    List<EventLine> events = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      events.add(
          new EventLine(
              i,
              Instant.ofEpochSecond(1_760_000_000L + i),
              "whorl.ClassLoad",
              Map.of("className", "shop.C" + i, "size", i),
              "main",
              List.of("shop.Main.run" + i % 50 + "(Main.java:" + i % 1000 + ")")));
    }

    List<RecordedEvent> read = RecordingFile.readAllEvents(derive(ndjson(events)));

    assertThat(read).hasSize(20_000);
    assertThat(read.stream().mapToLong(event -> event.getLong("size")).sum())
        .isEqualTo(199_990_000L);
  }

  @Test
  void malformedEvents_areNamedByTheirLine() throws Exception {
    String good = ndjson(EVENTS.subList(0, 1));
    for (String bad :
        List.of(
            "not json\n",
            "{\"sequence\":1}\n",
            "null\n",
            "[]\n",
            good.replace("whorl.FileOpen", "../x"),
            good.replace("whorl.FileOpen", "w".repeat(200)),
            good.replace("\"path\"", "\"pa th\""),
            good.replace("2026-01-02", "-99999-01-02"),
            good.replace("2026-01-02", "9999-01-02"),
            good.replace("/etc/passwd", "x".repeat(600_000)),
            "{\"a\":".repeat(200) + "\n")) {
      Path events = Files.writeString(root.resolve("events.ndjson"), good + bad);

      assertThat(EventsToRecording.outcome(events, root.resolve("recording.jfr")))
          .startsWith(EventsToRecording.MALFORMED + "events.ndjson line 2 ");
    }
  }

  @Test
  void malformedEvents_costOnlyTheRecording_andAreNotTriedAgain() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent =
          new FakeAgent().with("events.ndjson", ndjson(EVENTS.subList(0, 1)) + "[]\n").seal();
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);

      assertThat(derive(collector, agent)).isEqualTo(Derivation.Result.DONE);
      assertThat(derive(collector, agent)).isEqualTo(Derivation.Result.DONE);

      JsonNode evidence = collector.viewer.get("/api/v1/evidence/" + agent.evidence).json();
      assertThat(evidence.get("state").asText()).isEqualTo("sealed");
      assertThat(evidence.get("artifacts").findValuesAsText("name"))
          .doesNotContain("recording.jfr");
      assertThat(collector.custody.entries(agent.evidence))
          .filteredOn(entry -> entry.action().equals(CustodyAction.DERIVED.word()))
          .singleElement()
          .satisfies(
              entry -> assertThat(entry.detail().get("problem")).contains("events.ndjson line 2"));
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
  }

  @Tag("long")
  @Test
  void eventsThatOverloadTheJvm_costOnlyTheRecording() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = new FakeAgent().with("events.ndjson", differentFrames(30_000)).seal();
      assertThat(agent.shipAll(collector.agentClient).status())
          .as("the seal does not wait for it")
          .isEqualTo(204);

      assertThat(derive(collector, agent)).isEqualTo(Derivation.Result.DONE);

      assertThat(collector.custody.entries(agent.evidence))
          .filteredOn(entry -> entry.action().equals(CustodyAction.DERIVED.word()))
          .singleElement()
          .satisfies(
              entry ->
                  assertThat(entry.detail().get("problem"))
                      .contains("recording.jfr could not be derived: it took more than"));
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
  }

  @Test
  void sealedAfterItWasPartial_hasARecordingOfTheLatestEvents() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = new FakeAgent().with("events.ndjson", ndjson(EVENTS));
      agent.ship(
          collector.agentClient,
          "events.ndjson",
          ndjson(EVENTS.subList(0, 1)).getBytes(StandardCharsets.UTF_8));
      collector.expireUploads();
      assertThat(derive(collector, agent)).isEqualTo(Derivation.Result.DONE);
      assertThat(recording(collector, agent)).hasSize(1);

      assertThat(agent.seal().shipAll(collector.agentClient).status()).isEqualTo(204);
      assertThat(derive(collector, agent)).isEqualTo(Derivation.Result.DONE);

      assertThat(recording(collector, agent)).hasSize(4);
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
  }

  @Test
  void eventsBesideARecording_areLeftAlone() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent =
          new FakeAgent()
              .with("recording.jfr", "the agent's own")
              .with("events.ndjson", ndjson(EVENTS))
              .seal();
      agent.shipAll(collector.agentClient);

      assertThat(derive(collector, agent)).isEqualTo(Derivation.Result.DONE);

      Answer recording =
          collector.viewer.get("/api/v1/evidence/" + agent.evidence + "/artifacts/recording.jfr");
      assertThat(recording.text()).isEqualTo("the agent's own");
    }
  }

  /** A derived recording.jfr would be one file with it where the bag is opened. */
  @Test
  void eventsBesideARecordingInAnotherCase_areLeftAlone() throws Exception {
    try (TestCollector collector = TestCollector.open(root.resolve("data"))) {
      FakeAgent agent =
          new FakeAgent()
              .with("events.ndjson", ndjson(EVENTS))
              .with("Recording.JFR", "what an intruder wants")
              .seal();
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);

      assertThat(derive(collector, agent)).isEqualTo(Derivation.Result.DONE);

      assertThat(collector.store.record(agent.evidence).artifacts())
          .extracting(artifact -> artifact.name().value())
          .containsExactly("Recording.JFR", "events.ndjson", "manifest.dsse.json", "manifest.json");
    }
  }

  @Test
  void encryptedEvents_areLeftAlone() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      FakeAgent agent = new FakeAgent().with("events.ndjson.age", "age-encryption.org/v1\n");
      agent.recipient = "age1investigator";
      agent.seal();
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);

      assertThat(derive(collector, agent)).isEqualTo(Derivation.Result.DONE);

      JsonNode evidence = collector.viewer.get("/api/v1/evidence/" + agent.evidence).json();
      assertThat(evidence.get("artifacts").findValuesAsText("name"))
          .doesNotContain("recording.jfr");
      assertThat(collector.custody.entries(agent.evidence))
          .noneMatch(entry -> entry.action().equals(CustodyAction.DERIVED.word()));
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
  }

  private Path derive(String ndjson) throws Exception {
    try (TestCollector collector = TestCollector.open(root.resolve("data"))) {
      FakeAgent agent = new FakeAgent().with("events.ndjson", ndjson).seal();
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
      assertThat(derive(collector, agent)).isEqualTo(Derivation.Result.DONE);
      JsonNode evidence = collector.viewer.get("/api/v1/evidence/" + agent.evidence).json();
      assertThat(evidence.get("artifacts"))
          .filteredOn(artifact -> artifact.get("name").asText().equals("recording.jfr"))
          .singleElement()
          .satisfies(artifact -> assertThat(artifact.get("derived").asBoolean()).isTrue());
      assertThat(collector.verifyOffline().problems()).isEmpty();
      return downloaded(collector, agent);
    }
  }

  private static Derivation.Result derive(TestCollector collector, FakeAgent agent)
      throws Exception {
    try (ConfinedJvm confined =
        new ConfinedJvm(collector.folder.confined("derive"), 1, Duration.ofSeconds(30))) {
      return new Derivation(
              collector.store,
              collector.catalog,
              collector.custody,
              confined,
              collector.folder,
              new UnforcedDisk())
          .derive(agent.evidence, Duration.ofMinutes(2));
    }
  }

  private List<RecordedEvent> recording(TestCollector collector, FakeAgent agent) throws Exception {
    return RecordingFile.readAllEvents(downloaded(collector, agent));
  }

  private Path downloaded(TestCollector collector, FakeAgent agent) throws Exception {
    return Files.write(
        root.resolve("derived.jfr"),
        collector
            .viewer
            .get("/api/v1/evidence/" + agent.evidence + "/artifacts/recording.jfr")
            .body());
  }

  /** Each frame is a constant in the recording and an object in the writer. */
  private static String differentFrames(int events) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < events; i++) {
      List<String> stack = new ArrayList<>();
      for (int frame = 0; frame < 24; frame++) {
        stack.add("a.B" + i + "_" + frame + ".c(D.java:" + frame + ")");
      }
      lines
          .append(
              Json.text(
                  new EventLine(
                      i, Instant.ofEpochSecond(1_760_000_000L), "a.B", Map.of(), "t", stack)))
          .append('\n');
    }
    return lines.toString();
  }

  private static String ndjson(List<EventLine> events) {
    StringBuilder lines = new StringBuilder();
    events.forEach(event -> lines.append(Json.text(event)).append('\n'));
    return lines.toString();
  }

  private static RecordedEvent only(List<RecordedEvent> events, String type) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals(type))
        .reduce(
            (one, other) -> {
              throw new AssertionError("more than one " + type);
            })
        .orElseThrow();
  }

  private static IItem only(IItemCollection events, String type) {
    for (IItemIterable items : events.apply(ItemFilters.type(type))) {
      for (IItem item : items) {
        return item;
      }
    }
    throw new AssertionError("no " + type);
  }

  @SuppressWarnings("unchecked")
  private static IType<IItem> typeOf(IItem item) {
    return (IType<IItem>) item.getType();
  }
}
