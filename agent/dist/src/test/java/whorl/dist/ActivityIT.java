package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import whorl.dist.program.Activities;
import whorl.dist.program.NativeTransport;
import whorl.evidence.ArtifactName;
import whorl.evidence.Envelope;
import whorl.evidence.EventLine;
import whorl.evidence.Json;
import whorl.evidence.Manifest;
import whorl.evidence.VerifyingKey;

/**
 * Does everything that is hooked once in a child JVM: each action is an event of the evidence that
 * the rules caused, with the stack of its thread, in ring and recording.
 */
class ActivityIT {
  @TempDir Path folder;

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.installed().stream();
  }

  static Stream<Arguments> threads() throws IOException {
    List<Arguments> threads = new ArrayList<>();
    for (Jdk jdk : Jdk.installed()) {
      threads.add(Arguments.of(jdk, false));
      if (jdk.feature() >= 21) {
        threads.add(Arguments.of(jdk, true));
      }
    }
    return threads.stream();
  }

  @ParameterizedTest(name = "{0}, virtual thread: {1}")
  @MethodSource("threads")
  void deeds_areEventsInSealedEvidence(Jdk jdk, boolean virtual) throws Exception {
    Path evidence = perform(jdk, virtual);

    Manifest manifest =
        Json.MAPPER.readValue(evidence.resolve("manifest.json").toFile(), Manifest.class);
    assertThat(manifest.alert()).isNotNull();
    Envelope envelope =
        Json.MAPPER.readValue(evidence.resolve("manifest.dsse.json").toFile(), Envelope.class);
    assertThat(VerifyingKey.of(manifest.key()).verifies(envelope)).isTrue();

    Deeds deeds = new Deeds(folder.resolve("work"), Kept.events(evidence));
    deeds.assertFiles();
    deeds.assertNetwork();
    deeds.assertCode();
    deeds.assertProcesses();
    assertRecording(evidence.resolve(ArtifactName.RECORDING.value()), manifest);
  }

  private Path perform(Jdk jdk, boolean virtual) throws Exception {
    Kept.Run run =
        new Kept(folder)
            .run(
                new ChildJvm(jdk.home())
                    .option("-Dvirtual=" + virtual, "--enable-native-access=ALL-UNNAMED"),
                Activities.class);
    ChildJvm.Outcome outcome = run.outcome();
    assertThat(outcome.err().lines()).as(outcome.err()).hasSize(1);
    Path evidence = run.evidence();
    assertThat(evidence).as(outcome.err()).isNotNull();
    return evidence;
  }

  private static void assertRecording(Path recording, Manifest manifest) throws Exception {
    List<RecordedEvent> events = RecordingFile.readAllEvents(recording);
    assertThat(events).anyMatch(event -> event.getEventType().getName().equals("whorl.FileOpen"));
    RecordedEvent start =
        events.stream()
            .filter(event -> event.getEventType().getName().equals("whorl.ProcessStart"))
            .filter(event -> "/bin/true argument".equals(event.getString("command")))
            .findFirst()
            .orElseThrow();
    assertThat(start.getStackTrace().getFrames())
        .anyMatch(frame -> frame.getMethod().getName().equals("processes"));
    assertStartsBeforeExits(events);
    assertThat(events).anyMatch(event -> event.getStartTime().isBefore(manifest.alert().time()));
    assertThat(JfrLoaderToolkit.loadEvents(recording.toFile()).hasItems()).isTrue();
  }

  /** In the recording, whose order is that of its times. */
  private static void assertStartsBeforeExits(List<RecordedEvent> events) {
    Map<Object, Instant> exits = new HashMap<>();
    for (RecordedEvent event : events) {
      if (event.getEventType().getName().equals("whorl.ProcessExit")) {
        exits.put(event.getLong("pid"), event.getStartTime());
      }
    }
    assertThat(events)
        .filteredOn(event -> event.getEventType().getName().equals("whorl.ProcessStart"))
        .filteredOn(event -> "/bin/true short".equals(event.getString("command")))
        .hasSize(Activities.SHORT_COMMANDS)
        .allSatisfy(
            event ->
                assertThat(exits.get(event.getLong("pid"))).isAfterOrEqualTo(event.getStartTime()));
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void nativeTransport_isSeenToo(Jdk jdk) throws Exception {
    Kept.Run run =
        new Kept(folder).run(new ChildJvm(jdk.home()).withTestClassPath(), NativeTransport.class);
    assertThat(run.evidence()).as(run.outcome().err()).isNotNull();

    Deeds deeds = new Deeds(folder.resolve("work"), Kept.events(run.evidence()));
    deeds.seen("whorl.SocketBind", Map.of("address", "127.0.0.1"));
    deeds.seen("whorl.SocketConnect", Map.of("transport", "tcp"));
    deeds.seen("whorl.SocketAccept", Map.of("address", "127.0.0.1"));
  }

  /** The events of one run, and what must be among them. */
  private record Deeds(Path work, List<EventLine> events) {
    void assertFiles() {
      seen("whorl.FileOpen", Map.of("path", at("io.txt"), "access", "write", "created", true));
      seen("whorl.FileOpen", Map.of("path", at("io.txt"), "access", "append", "created", false));
      seen(
          "whorl.FileOpen",
          Map.of(
              "path",
              at("../" + work.getFileName() + "/io.txt"),
              "realPath",
              at("io.txt"),
              "access",
              "read",
              "failed",
              false));
      seen(
          "whorl.FileOpen", Map.of("path", at("raf.bin"), "access", "read-write", "created", true));
      seen("whorl.FileOpen", Map.of("path", "/no/such/file", "failed", true));
      seen("whorl.FileMode", Map.of("path", at("io.txt"), "mode", "+x"));
      seen("whorl.FileRename", Map.of("path", at("io.txt"), "target", at("io2.txt")));
      seen("whorl.FileDelete", Map.of("path", at("io2.txt")));
      seen("whorl.FileOpen", Map.of("path", at("nio.txt"), "access", "write", "created", true));
      seen("whorl.FileOpen", Map.of("path", at("nio.txt"), "access", "read"));
      seen("whorl.FileMode", Map.of("path", at("nio.txt"), "mode", "700"));
      seen("whorl.FileLink", Map.of("path", at("soft"), "target", "nio.txt"));
      seen("whorl.FileLink", Map.of("path", at("hard"), "target", at("nio.txt")));
      seen("whorl.FileRename", Map.of("path", at("nio.txt"), "target", at("nio2.txt")));
      seen("whorl.FileDelete", Map.of("path", at("nio2.txt")));
      assertThat(events)
          .anyMatch(
              event ->
                  event.type().equals("whorl.FileOpen")
                      && String.valueOf(event.fields().get("path")).startsWith(at("temp"))
                      && Boolean.TRUE.equals(event.fields().get("created")));
    }

    void assertNetwork() {
      seen("whorl.DnsLookup", Map.of("host", "no-such-host.invalid"));
      assertThat(count("whorl.SocketConnect", Map.of("address", "127.0.0.1", "transport", "tcp")))
          .isGreaterThanOrEqualTo(2);
      assertThat(count("whorl.SocketAccept", Map.of("address", "127.0.0.1")))
          .isGreaterThanOrEqualTo(2);
      assertThat(count("whorl.SocketConnect", Map.of("port", 9, "transport", "udp"))).isEqualTo(1);
      seen("whorl.SocketConnect", Map.of("address", at("s"), "transport", "unix"));
      seen("whorl.SocketBind", Map.of("address", at("s")));
      seen("whorl.JndiLookup", Map.of("name", "ldap://127.0.0.1:9/x"));
    }

    void assertCode() {
      String made = "whorl.dist.program.Activities$Made";
      seen("whorl.ClassDefine", Map.of("className", made, "origin", "loader", "hidden", false));
      assertThat(events)
          .anyMatch(
              event ->
                  event.type().equals("whorl.ClassDefine")
                      && String.valueOf(event.fields().get("className")).startsWith(made + "/")
                      && "hidden".equals(event.fields().get("origin")));
      seen("whorl.ClassDefine", Map.of("origin", "proxy"));
      assertThat(count("whorl.ClassDefine", Map.of())).isEqualTo(3);
      seen("whorl.ClassLoad", Map.of("className", "whorl.dist.program.Activities$Made"));
      assertThat(events)
          .anyMatch(
              event ->
                  event.type().equals("whorl.LibraryLoad")
                      && String.valueOf(event.fields().get("path")).endsWith("libnet.so"));
      // Only tried, as each folder of the search path is: nothing was loaded.
      assertThat(librariesLike("libabsent.so")).isZero();
    }

    private long librariesLike(String end) {
      return events.stream()
          .filter(event -> event.type().equals("whorl.LibraryLoad"))
          .filter(event -> String.valueOf(event.fields().get("path")).endsWith(end))
          .count();
    }

    void assertProcesses() {
      EventLine started = seen("whorl.ProcessStart", Map.of("command", "/bin/true argument"));
      assertThat(started.stack()).anyMatch(frame -> frame.contains("Activities.processes"));
      assertThat(started.thread()).isEqualTo("activities");
      seen("whorl.ProcessExit", Map.of("pid", started.fields().get("pid"), "exitCode", 0));
      seen("whorl.ProcessStart", Map.of("command", "/no/such/program", "pid", -1));
      assertStartsBeforeExits();
    }

    private void assertStartsBeforeExits() {
      List<EventLine> starts =
          events.stream()
              .filter(matching("whorl.ProcessStart", Map.of("command", "/bin/true short")))
              .toList();
      assertThat(starts).hasSize(Activities.SHORT_COMMANDS);
      for (EventLine start : starts) {
        EventLine exit = seen("whorl.ProcessExit", Map.of("pid", start.fields().get("pid")));
        assertThat(exit.sequence()).isGreaterThan(start.sequence());
        assertThat(exit.time()).isAfterOrEqualTo(start.time());
      }
    }

    private String at(String name) {
      return work.resolve(name).toString();
    }

    private EventLine seen(String type, Map<String, Object> fields) {
      return events.stream()
          .filter(matching(type, fields))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no " + type + fields + " among " + ofType(type)));
    }

    private long count(String type, Map<String, Object> fields) {
      return events.stream().filter(matching(type, fields)).count();
    }

    private List<EventLine> ofType(String type) {
      return events.stream().filter(event -> event.type().equals(type)).toList();
    }

    private static Predicate<EventLine> matching(String type, Map<String, Object> fields) {
      return event ->
          event.type().equals(type) && event.fields().entrySet().containsAll(fields.entrySet());
    }
  }
}
