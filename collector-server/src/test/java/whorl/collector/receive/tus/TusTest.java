package whorl.collector.receive.tus;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.TestCollector;

/** Every response of tus 1.0.0 and of the additions to it, but for those to chunks. */
class TusTest extends TusFixture {
  @Test
  void options_listsVersionAndExtensions() {
    Answer answer = collector.agentClient.call("OPTIONS", UPLOADS, Map.of(), new byte[0]);

    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.header("Tus-Resumable")).isEqualTo("1.0.0");
    assertThat(answer.header("Tus-Version")).isEqualTo("1.0.0");
    assertThat(answer.header("Tus-Extension").split(","))
        .containsExactlyInAnyOrder(
            "creation",
            "creation-defer-length",
            "creation-with-upload",
            "checksum",
            "expiration",
            "termination");
    assertThat(answer.header("Tus-Checksum-Algorithm")).isEqualTo("sha256,sha1");
    assertThat(answer.header("Tus-Max-Size")).isEqualTo(Integer.toString(64 << 20));
  }

  @Test
  void create_returnsLocationAndExpiry() {
    Answer answer = agent.create(collector.agentClient, "threads.txt", 7);

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.header("Location")).matches(UPLOADS + "/[0-9a-f]{32}");
    assertThat(answer.header("Upload-Expires"))
        .matches("[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT");
  }

  @Test
  void wrongOrMissingVersion_is412WithTheSupportedOne() {
    String location = agent.create(collector.agentClient, "threads.txt", 7).header("Location");
    for (String method : List.of("POST", "HEAD", "PATCH", "DELETE")) {
      String target = method.equals("POST") ? UPLOADS : location;
      for (Map<String, String> headers :
          List.of(Map.<String, String>of(), Map.of("Tus-Resumable", "0.2.2"))) {
        Answer answer = collector.agentClient.call(method, target, headers, new byte[0]);
        assertThat(answer.status()).as(method).isEqualTo(412);
        assertThat(answer.header("Tus-Version")).isEqualTo("1.0.0");
      }
    }
  }

  @Test
  void create_withoutALengthOrWithTwo_is400() {
    for (Map<String, String> lengths :
        List.of(
            Map.<String, String>of(),
            Map.of("Upload-Length", "7", "Upload-Defer-Length", "1"),
            Map.of("Upload-Defer-Length", "2"),
            Map.of("Upload-Length", "-1"),
            Map.of("Upload-Length", "seven"),
            Map.of("Upload-Length", "99999999999999999999"))) {
      Map<String, String> headers = new HashMap<>(lengths);
      headers.put("Tus-Resumable", "1.0.0");
      headers.put("Upload-Metadata", agent.metadata("threads.txt"));
      assertThat(collector.agentClient.call("POST", UPLOADS, headers, new byte[0]).status())
          .as(lengths.toString())
          .isEqualTo(400);
    }
  }

  @Test
  void create_withBadMetadata_is400AndNamesTheProblem() throws Exception {
    String good = agent.metadata("threads.txt");
    Map<String, String> bad = new HashMap<>();
    bad.put("", "is missing");
    bad.put(good.replace("agent ", "agemt "), "lacks agent");
    bad.put(good.replaceAll("evidence [^,]+", "evidence !!!"), "not Base64");
    bad.put(good.replaceAll("evidence [^,]+", FakeAgent.pair("evidence", "../x")), "not an id");
    bad.put(good.replaceAll("mediaType .+", FakeAgent.pair("mediaType", "a/b\r\nX: y")), "media");
    bad.put(good + ",x " + "A".repeat(5000), "longer than");
    for (String name :
        List.of(
            "../etc/passwd",
            "/etc/passwd",
            "a/b/c",
            ".hidden",
            "a/../b",
            "a\\b",
            "nul\0",
            "x".repeat(200),
            "recording.jfr ",
            "C:evil")) {
      bad.put(agent.metadata(name), "not an artifact name");
    }
    bad.forEach(
        (metadata, why) -> {
          Answer answer =
              collector.agentClient.call(
                  "POST",
                  UPLOADS,
                  Map.of(
                      "Tus-Resumable", "1.0.0", "Upload-Length", "7", "Upload-Metadata", metadata),
                  new byte[0]);
          assertThat(answer.status()).as(metadata).isEqualTo(400);
          assertThat(answer.text()).contains(why);
        });
    assertThat(collector.uploadFiles()).isEmpty();
  }

  /** Bags are opened on Windows and macOS too, where none of these names gets a file of its own. */
  @Test
  void create_withANonPortableFileName_isRefused() {
    for (String name :
        List.of("CON.txt", "nul", "classes/Com1.class", "aux.tar.gz", "a.txt.", "x./y")) {
      Answer answer = agent.create(collector.agentClient, name, 7);
      assertThat(answer.status()).as(name).isEqualTo(400);
      assertThat(answer.text()).contains("artifact " + name, "on Windows");
    }
    assertThat(agent.create(collector.agentClient, "A.txt", 7).status()).isEqualTo(201);
    Answer alike = agent.create(collector.agentClient, "a.txt", 7);
    assertThat(alike.status()).isEqualTo(409);
    assertThat(alike.text()).contains("artifact a.txt and A.txt", "differ in case alone");
    assertThat(agent.create(collector.agentClient, "console.txt", 7).status()).isEqualTo(201);
    assertThat(agent.create(collector.agentClient, "classes/A.txt", 7).status()).isEqualTo(201);
  }

  @Test
  void create_tooLong_is413BeforeAByteIsSent() {
    assertThat(agent.create(collector.agentClient, "heap.hprof.gz", (64L << 20) + 1).status())
        .isEqualTo(413);
    assertThat(agent.create(collector.agentClient, "manifest.json", (16L << 20) + 1).status())
        .isEqualTo(413);
  }

  @Test
  void head_returnsOffsetLengthAndMetadata() {
    String location = agent.create(collector.agentClient, "threads.txt", 7).header("Location");
    FakeAgent.patch(collector.agentClient, location, 0, bytes("thr"));

    Answer head = FakeAgent.head(collector.agentClient, location);

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("Upload-Offset")).isEqualTo("3");
    assertThat(head.header("Upload-Length")).isEqualTo("7");
    assertThat(head.header("Cache-Control")).isEqualTo("no-store");
    assertThat(head.header("Upload-Metadata")).isEqualTo(agent.metadata("threads.txt"));
  }

  @Test
  void unknownUpload_is404() {
    for (String method : List.of("HEAD", "PATCH", "DELETE")) {
      Answer answer =
          collector.agentClient.call(
              method,
              UPLOADS + "/" + "0".repeat(32),
              Map.of(
                  "Tus-Resumable", "1.0.0",
                  "Upload-Offset", "0",
                  "Content-Type", "application/offset+octet-stream"),
              new byte[0]);
      assertThat(answer.status()).as(method).isEqualTo(404);
    }
  }

  @Test
  void sameArtifactAgain_isTheSameUpload() {
    String location = agent.create(collector.agentClient, "threads.txt", 7).header("Location");
    FakeAgent.patch(collector.agentClient, location, 0, bytes("thr"));

    Answer again = agent.create(collector.agentClient, "threads.txt", 7);

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.header("Location")).isEqualTo(location);
    assertThat(again.header("Upload-Offset")).isEqualTo("3");

    FakeAgent.patch(collector.agentClient, location, 3, bytes("eads"));
    assertThat(agent.create(collector.agentClient, "threads.txt", 7).header("Upload-Offset"))
        .isEqualTo("7");

    assertThat(agent.create(collector.agentClient, "threads.txt", 9).status())
        .as("a complete artifact is not replaced")
        .isEqualTo(409);
  }

  @Test
  void sameArtifactWithAnotherLength_replacesAnIncompleteUpload() {
    String location = agent.create(collector.agentClient, "threads.txt", 7).header("Location");
    FakeAgent.patch(collector.agentClient, location, 0, bytes("thr"));

    Answer other = agent.create(collector.agentClient, "threads.txt", 9);

    assertThat(other.status()).isEqualTo(201);
    assertThat(other.header("Location")).isNotEqualTo(location);
  }

  @Test
  void evidenceOfAnotherAgent_isNotTouched() {
    agent.create(collector.agentClient, "threads.txt", 7);
    FakeAgent intruder = new FakeAgent();

    Answer answer =
        collector.agentClient.call(
            "POST",
            UPLOADS,
            Map.of(
                "Tus-Resumable", "1.0.0",
                "Upload-Length", "7",
                "Upload-Metadata",
                    intruder
                        .metadata("threads.txt")
                        .replaceAll(
                            "evidence [^,]+", FakeAgent.pair("evidence", agent.evidence.value()))),
            new byte[0]);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text()).startsWith("not this agent's");
  }

  @Test
  void terminate_removesIncompleteUploads_neverCompleteOnes() {
    String begun = agent.create(collector.agentClient, "threads.txt", 7).header("Location");
    FakeAgent.patch(collector.agentClient, begun, 0, bytes("thr"));
    String whole = agent.create(collector.agentClient, "maps.txt", 1).header("Location");
    FakeAgent.patch(collector.agentClient, whole, 0, bytes("m"));

    assertThat(delete(begun).status()).isEqualTo(204);
    assertThat(FakeAgent.head(collector.agentClient, begun).status()).isEqualTo(404);
    assertThat(delete(whole).status()).isEqualTo(403);
    assertThat(FakeAgent.head(collector.agentClient, whole).status()).isEqualTo(200);
  }

  @Test
  void noRoom_is507AtCreationAndWithinAnUpload() {
    world.freeBytes.set((1 << 20) + 6);
    Answer refused = agent.create(collector.agentClient, "threads.txt", 7);
    assertThat(refused.status()).isEqualTo(507);
    assertThat(refused.text()).contains("make room");
    assertThat(refused.header("Retry-After")).isNotNull();

    world.freeBytes.set(Long.MAX_VALUE);
    String location = agent.create(collector.agentClient, "threads.txt", 7).header("Location");
    world.freeBytes.set((1 << 20) + 3);
    assertThat(FakeAgent.patch(collector.agentClient, location, 0, bytes("threads")).status())
        .isEqualTo(507);
    assertThat(offset(location)).isZero();
    assertThat(collector.receiver.counters().refusedForRoom()).isEqualTo(2);
  }

  @Test
  void tooManyArtifactsOrUploads_areRefused() throws Exception {
    collector.close();
    collector =
        TestCollector.open(
            root,
            new whorl.collector.testkit.UnforcedDisk(),
            new ReceiveLimits(1 << 20, 1, 4, 0, 10, Duration.ofHours(1)),
            world);
    for (int i = 0; i < 2; i++) {
      assertThat(agent.create(collector.agentClient, "a" + i, 7).status()).isEqualTo(201);
    }
    Answer fromOneAddress = agent.create(collector.agentClient, "a2", 7);
    assertThat(fromOneAddress.status()).isEqualTo(503);
    assertThat(fromOneAddress.text()).contains("2 uploads from 127.0.0.1 are unfinished");
    FakeClient other = collector.agentClient.from("10.0.0.2");
    assertThat(agent.create(other, "a2", 7).status()).isEqualTo(201);
    assertThat(agent.create(other, "a3", 7).status()).isEqualTo(422);
    assertThat(new FakeAgent().create(other, "a", 7).status()).isEqualTo(201);
    Answer full = new FakeAgent().create(collector.agentClient.from("10.0.0.3"), "a", 7);
    assertThat(full.status()).isEqualTo(503);
    assertThat(full.text()).contains("4 uploads are unfinished");
    assertThat(full.header("Retry-After")).isNotNull();
    assertThat(full.header("Whorl-Wait")).isNull();
  }

  @Test
  void moreEvidenceThanSlots_waits() throws Exception {
    collector.close();
    collector =
        TestCollector.open(
            root,
            new whorl.collector.testkit.UnforcedDisk(),
            TestCollector.LIMITS.with(TestCollector.LIMITS.artifactMaxBytes(), 2),
            world);
    FakeAgent first = new FakeAgent().with("t", "t").seal();
    FakeAgent second = new FakeAgent().with("t", "t").seal();
    FakeAgent third = new FakeAgent().with("t", "t").seal();
    first.create(collector.agentClient, "t", 1);
    FakeClient other = collector.agentClient.from("10.0.0.2");
    second.create(other, "t", 1);

    Answer waits = third.create(collector.agentClient.from("10.0.0.3"), "t", 1);
    assertThat(waits.status()).isEqualTo(503);
    assertThat(waits.header("Whorl-Wait")).isEqualTo("slot");
    assertThat(waits.header("Retry-After")).matches("[1-5]");
    assertThat(collector.receiver.counters().waitsForSlot()).isEqualTo(1);

    assertThat(first.shipAll(collector.agentClient).status()).isEqualTo(204);
    assertThat(third.create(collector.agentClient.from("10.0.0.3"), "t", 1).status())
        .isEqualTo(201);

    FakeAgent fourth = new FakeAgent();
    assertThat(fourth.create(collector.agentClient.from("10.0.0.3"), "t", 1).status())
        .isEqualTo(503);
    world.nanos.addAndGet(Duration.ofSeconds(61).toNanos());
    assertThat(fourth.create(collector.agentClient.from("10.0.0.3"), "t", 1).status())
        .isEqualTo(201);
    assertThat(second.shipAll(other).status()).as("a begun upload may continue").isEqualTo(204);
  }
}
