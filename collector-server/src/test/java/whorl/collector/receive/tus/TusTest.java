package whorl.collector.receive.tus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestCollector.World;
import whorl.evidence.Digest;

/** Every response of tus 1.0.0 and of the additions to it. */
class TusTest {
  private static final String UPLOADS = "/agent/v1/uploads";

  @TempDir Path root;
  private final World world = new World();
  private final FakeAgent agent = new FakeAgent();
  private TestCollector collector;

  @BeforeEach
  void open() throws IOException {
    collector = TestCollector.open(root, world);
  }

  @AfterEach
  void close() throws IOException {
    collector.close();
  }

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
    for (String name : List.of("CON.txt", "nul", "classes/Com1.class", "aux.tar.gz")) {
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
  void patch_withAnotherContentType_is415() {
    String location = agent.create(collector.agentClient, "threads.txt", 7).header("Location");

    Answer answer =
        collector.agentClient.call(
            "PATCH",
            location,
            Map.of("Tus-Resumable", "1.0.0", "Upload-Offset", "0", "Content-Type", "text/plain"),
            bytes("threads"));

    assertThat(answer.status()).isEqualTo(415);
    assertThat(offset(location)).isZero();
  }

  @Test
  void patch_atAnotherOffset_is409WithTheRightOne() {
    String location = agent.create(collector.agentClient, "threads.txt", 7).header("Location");
    FakeAgent.patch(collector.agentClient, location, 0, bytes("thr"));

    for (long wrong : new long[] {0, 2, 4, 7, 1000}) {
      Answer answer = FakeAgent.patch(collector.agentClient, location, wrong, bytes("x"));
      assertThat(answer.status()).isEqualTo(409);
      assertThat(answer.header("Upload-Offset")).isEqualTo("3");
    }
    for (String bad : List.of("-1", "three", "")) {
      assertThat(patch(location, Map.of("Upload-Offset", bad), bytes("eads")).status())
          .isEqualTo(400);
    }
    assertThat(offset(location)).isEqualTo(3);
  }

  @Test
  void patch_checksumMismatch_keepsNothing() {
    String location = agent.create(collector.agentClient, "threads.txt", 7).header("Location");
    FakeAgent.patch(collector.agentClient, location, 0, bytes("thr"));

    Answer answer =
        patch(
            location,
            Map.of("Upload-Offset", "3", "Upload-Checksum", sha256(bytes("EADS"))),
            bytes("eads"));

    assertThat(answer.status()).isEqualTo(460);
    assertThat(offset(location)).isEqualTo(3);
    assertThat(collector.receiver.counters().checksumMismatches()).isEqualTo(1);
    assertThat(FakeAgent.patch(collector.agentClient, location, 3, bytes("eads")).status())
        .isEqualTo(204);
  }

  @Test
  void patch_acceptsSha1_andRefusesInvalidChecksums() throws Exception {
    String location = agent.create(collector.agentClient, "threads.txt", 7).header("Location");
    String sha1 =
        "sha1 "
            + Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-1").digest(bytes("threads")));

    for (String bad : List.of("md5 AAAA", "sha256", "sha256 !!", "sha256 AAAA", sha1 + "A")) {
      assertThat(
              patch(
                      location,
                      Map.of("Upload-Offset", "0", "Upload-Checksum", bad),
                      bytes("threads"))
                  .status())
          .as(bad)
          .isEqualTo(400);
    }
    assertThat(
            patch(location, Map.of("Upload-Offset", "0", "Upload-Checksum", sha1), bytes("threads"))
                .status())
        .isEqualTo(204);
  }

  @Test
  void patch_moreThanTheLength_is413AndKeepsNothing() throws Exception {
    String location = agent.create(collector.agentClient, "threads.txt", 7).header("Location");

    assertThat(FakeAgent.patch(collector.agentClient, location, 0, bytes("threads!")).status())
        .isEqualTo(413);
    Answer chunked =
        collector.agentClient.call(
            "PATCH", location, chunkHeaders("0"), new ByteArrayInputStream(bytes("threads!")), -1);

    assertThat(chunked.status()).isEqualTo(413);
    assertThat(offset(location)).isZero();
  }

  @Test
  void deferredLength_canBeSetOnce() {
    Answer created =
        collector.agentClient.call(
            "POST",
            UPLOADS,
            Map.of(
                "Tus-Resumable", "1.0.0",
                "Upload-Defer-Length", "1",
                "Upload-Metadata", agent.metadata("threads.txt")),
            new byte[0]);
    String location = created.header("Location");
    FakeAgent.patch(collector.agentClient, location, 0, bytes("thr"));
    Answer head = FakeAgent.head(collector.agentClient, location);
    assertThat(head.header("Upload-Defer-Length")).isEqualTo("1");
    assertThat(head.header("Upload-Length")).isNull();

    assertThat(
            patch(location, Map.of("Upload-Offset", "3", "Upload-Length", "2"), bytes("")).status())
        .isEqualTo(400);
    assertThat(
            patch(location, Map.of("Upload-Offset", "3", "Upload-Length", "7"), bytes("ea"))
                .status())
        .isEqualTo(204);
    assertThat(
            patch(location, Map.of("Upload-Offset", "5", "Upload-Length", "9"), bytes("ds"))
                .status())
        .isEqualTo(400);
    assertThat(patch(location, Map.of("Upload-Offset", "5"), bytes("ds")).status()).isEqualTo(204);
    assertThat(FakeAgent.head(collector.agentClient, location).header("Upload-Length"))
        .isEqualTo("7");
  }

  @Test
  void abortedChunk_isKeptWithoutChecksum_andDiscardedWithOne() throws Exception {
    String location = agent.create(collector.agentClient, "threads.txt", 7).header("Location");

    assertThatThrownBy(
            () ->
                collector.agentClient.call(
                    "PATCH", location, chunkHeaders("0"), aborting("thr"), 7))
        .isInstanceOf(IOException.class);
    assertThat(offset(location)).isEqualTo(3);

    Map<String, String> headers = new HashMap<>(chunkHeaders("3"));
    headers.put("Upload-Checksum", sha256(bytes("eads")));
    collector.agentClient.call("PATCH", location, headers, aborting("ea"), 4);
    assertThat(offset(location)).isEqualTo(3);
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
  void restart_resumesUploads() throws Exception {
    String location = agent.create(collector.agentClient, "threads.txt", 7).header("Location");
    FakeAgent.patch(collector.agentClient, location, 0, bytes("thr"));
    collector.close();
    collector = TestCollector.open(root, world);

    assertThat(offset(location)).isEqualTo(3);
    assertThat(FakeAgent.patch(collector.agentClient, location, 3, bytes("eads")).status())
        .isEqualTo(204);
    agent.with("threads.txt", "threads").seal();
    assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
  }

  @Test
  void strayFilesInIncoming_areRemoved() throws Exception {
    collector.close();
    Files.writeString(root.resolve("incoming/stray.json"), "{");
    Files.writeString(root.resolve("incoming/stray.part"), "bytes");
    Files.writeString(root.resolve("incoming/nameless.part"), "bytes");
    Files.writeString(root.resolve("incoming/file"), "");
    Files.createDirectories(root.resolve("incoming/bench-1"));
    Files.writeString(root.resolve("incoming/bench-1/recording.jfr"), "x");

    collector = TestCollector.open(root, world);

    assertThat(root.resolve("incoming")).isEmptyDirectory();
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
  void streamedUploadAtTheReserve_is507_andCanBeTerminated() throws Exception {
    world.freeBytes.set(3L << 20);
    String location =
        agent.createStreamed(collector.agentClient, "heap.hprof.gz").header("Location");
    byte[] chunk = new byte[700 << 10];
    List<Integer> answers = new ArrayList<>();
    for (int at = 0; answers.isEmpty() || last(answers) == 204; at += chunk.length) {
      answers.add(FakeAgent.patch(collector.agentClient, location, at, chunk).status());
      world.freeBytes.set((3L << 20) - offset(location));
    }

    assertThat(answers).containsExactly(204, 204, 507);
    assertThat(offset(location)).isEqualTo(2 * chunk.length);
    assertThat(world.freeBytes.get()).isGreaterThan(TestCollector.LIMITS.freeReserveBytes());
    assertThat(delete(location).status()).isEqualTo(204);
    assertThat(FakeAgent.head(collector.agentClient, location).status()).isEqualTo(404);
    assertThat(collector.uploadFiles()).isEmpty();
    assertThat(collector.receiver.evidenceInUpload()).isZero();
  }

  @Test
  void endlessChunk_stopsAtTheReserve() throws Exception {
    String location =
        agent.createStreamed(collector.agentClient, "heap.hprof.gz").header("Location");
    world.freeBytes.set(4L << 20);
    InputStream endless =
        new InputStream() {
          private long given;

          @Override
          public int read() {
            world.freeBytes.set((4L << 20) - ++given);
            return 7;
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            given += length;
            world.freeBytes.set((4L << 20) - given);
            return length;
          }
        };

    Answer answer = collector.agentClient.call("PATCH", location, chunkHeaders("0"), endless, -1);

    assertThat(answer.status()).isEqualTo(507);
    assertThat(answer.text()).startsWith("no room");
    // The received bytes are kept; at most one check interval of the reserve is used.
    assertThat(offset(location)).isBetween(3L << 20, (4L << 20) + (64 << 10));
    world.freeBytes.set(Long.MAX_VALUE);
    assertThat(
            patch(location, Map.of("Upload-Offset", "" + offset(location)), bytes("on")).status())
        .isEqualTo(204);
  }

  @Test
  void progress_countsStreamedBytesSeparately() throws Exception {
    agent.ship(collector.agentClient, "threads.txt", bytes("threads"));
    String location =
        agent.createStreamed(collector.agentClient, "heap.hprof.gz").header("Location");
    FakeAgent.patch(collector.agentClient, location, 0, bytes("heap"));
    assertThat(world.told.lastProgress.get()).isEqualTo(11);
    assertThat(world.told.lastStreamed.get()).isEqualTo(4);

    collector.close();
    collector = TestCollector.open(root, world);
    patch(location, Map.of("Upload-Offset", "4", "Upload-Length", "6"), bytes("en"));
    assertThat(world.told.lastProgress.get()).isEqualTo(13);
    assertThat(world.told.lastStreamed.get()).isEqualTo(6);
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

  @Test
  void anyChunking_givesTheSameBytes() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      byte[] content = new byte[random.nextInt(300_000)];
      random.nextBytes(content);
      FakeAgent each = new FakeAgent().with("heap.bin", content).seal();
      String location =
          each.create(collector.agentClient, "heap.bin", content.length).header("Location");
      int at = 0;
      while (at < content.length) {
        int end = at + 1 + random.nextInt(Math.min(100_000, content.length - at));
        byte[] chunk = Arrays.copyOfRange(content, at, end);
        int variant = random.nextInt(4);
        if (variant == 0) {
          byte[] other = chunk.clone();
          other[random.nextInt(other.length)] ^= 1;
          patch(
              location, Map.of("Upload-Offset", "" + at, "Upload-Checksum", sha256(chunk)), other);
        } else if (variant == 1) {
          FakeAgent.patch(collector.agentClient, location, at + 1, chunk);
        } else {
          FakeAgent.patch(collector.agentClient, location, at, chunk);
          at = end;
        }
      }
      assertThat(each.shipAll(collector.agentClient).status()).as("seed %d", seed).isEqualTo(204);
      assertThat(Files.readAllBytes(collector.store.content(Digest.of(content)).file()))
          .as("seed %d", seed)
          .isEqualTo(content);
    }
    assertThat(collector.uploadFiles()).isEmpty();
  }

  @Test
  void createWithTheWholeArtifact_needsNoPatch() throws Exception {
    agent.with("first.txt", "first").with("threads.txt", "threads").seal();
    agent.artifacts.forEach(
        (name, content) -> {
          Answer answer = agent.createWith(collector.agentClient, name.value(), content, content);
          assertThat(answer.status()).isEqualTo(201);
          assertThat(answer.header("Upload-Offset")).isEqualTo("" + content.length);
          assertThat(answer.header("Location")).startsWith(UPLOADS);
          assertThat(answer.header("Upload-Expires")).isNotNull();
        });
    agent.createWith(
        collector.agentClient, "manifest.json", agent.manifestJson(), agent.manifestJson());
    Answer sealed =
        agent.createWith(
            collector.agentClient,
            "manifest.dsse.json",
            agent.envelopeJson(),
            agent.envelopeJson());

    assertThat(sealed.status()).isEqualTo(201);
    assertThat(collector.told.sealed).hasSize(1);
    assertThat(collector.verifyOffline().problems()).isEmpty();
    assertThat(collector.uploadFiles()).isEmpty();
  }

  @Test
  void createWithTheFirstBytes_goesOnWithPatch() {
    byte[] content = bytes("threads");
    agent.create(collector.agentClient, "first.txt", 5);
    Answer created = agent.createWith(collector.agentClient, "t.txt", content, bytes("thr"));

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header("Upload-Offset")).isEqualTo("3");
    String location = created.header("Location");
    assertThat(FakeAgent.patch(collector.agentClient, location, 3, bytes("eads")).status())
        .isEqualTo(204);
    Answer again = agent.createWith(collector.agentClient, "t.txt", content, content);
    assertThat(again.status()).as("what is there is found again").isEqualTo(200);
    assertThat(again.header("Upload-Offset")).isEqualTo("7");
  }

  @Test
  void createWithAWrongChecksum_leavesAnEmptyUpload() {
    agent.create(collector.agentClient, "first.txt", 5);
    for (String name : List.of("a.txt", "b.txt")) {
      Answer answer =
          collector.agentClient.call(
              "POST",
              UPLOADS,
              Map.of(
                  "Tus-Resumable", "1.0.0",
                  "Upload-Length", "7",
                  "Upload-Metadata", agent.metadata(name),
                  "Content-Type", "application/offset+octet-stream",
                  "Upload-Checksum", sha256(bytes("threads"))),
              bytes("Threads"));

      assertThat(answer.status()).isEqualTo(460);
      assertThat(offset(answer.header("Location"))).isZero();
    }
  }

  @Test
  void createWithMoreThanTheLength_is413AndKeepsNothing() {
    agent.create(collector.agentClient, "first.txt", 5);
    Answer answer =
        agent.createWith(collector.agentClient, "t.txt", bytes("thr"), bytes("threads"));

    assertThat(answer.status()).isEqualTo(413);
    assertThat(offset(answer.header("Location"))).isZero();
  }

  private long offset(String location) {
    return Long.parseLong(FakeAgent.head(collector.agentClient, location).header("Upload-Offset"));
  }

  private static int last(List<Integer> answers) {
    return answers.get(answers.size() - 1);
  }

  private Answer delete(String location) {
    return collector.agentClient.call(
        "DELETE", location, Map.of("Tus-Resumable", "1.0.0"), new byte[0]);
  }

  private Answer patch(String location, Map<String, String> more, byte[] chunk) {
    Map<String, String> headers = new HashMap<>(chunkHeaders("0"));
    headers.putAll(more);
    return collector.agentClient.call("PATCH", location, headers, chunk);
  }

  private static Map<String, String> chunkHeaders(String offset) {
    return Map.of(
        "Tus-Resumable", "1.0.0",
        "Content-Type", "application/offset+octet-stream",
        "Upload-Offset", offset);
  }

  private static InputStream aborting(String text) {
    return new SequenceInputStream(
        new ByteArrayInputStream(bytes(text)),
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("connection reset");
          }
        });
  }

  private static String sha256(byte[] chunk) {
    return "sha256 " + Base64.getEncoder().encodeToString(Digest.of(chunk).bytes());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
