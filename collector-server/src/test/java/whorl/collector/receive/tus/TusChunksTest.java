package whorl.collector.receive.tus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.Digest;

/** Chunks of tus 1.0.0: where they are kept, when they are refused, and what is left after them. */
class TusChunksTest extends TusFixture {
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

  private static int last(List<Integer> answers) {
    return answers.get(answers.size() - 1);
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
}
