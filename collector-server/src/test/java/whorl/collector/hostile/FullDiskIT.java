package whorl.collector.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.PackagedCollector;
import whorl.collector.testkit.SocketCaller;
import whorl.evidence.Json;

/**
 * A disk of its own, full to the last byte: nothing is lost, everything is answered and says why,
 * the collector starts on it, and room can be made through the API alone.
 */
class FullDiskIT {
  private static final int DISK_MIB = 700;
  private static final int PIECES = 5;
  private static final int PIECE_BYTES = 4 << 20;

  @TempDir Path folder;
  private Path disk;
  private Path data;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MIB + "m", "tmpfs", disk.toString()),
        "only root can mount a disk to fill");
    data = disk.resolve("data");
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", "-l", disk.toString());
  }

  @Test
  void fullDisk_losesNothing_saysSo_andIsFreedThroughTheApi() throws Exception {
    List<FakeAgent> kept = new ArrayList<>();
    try (PackagedCollector collector = collector()) {
      for (int i = 0; i < PIECES; i++) {
        FakeAgent agent = new FakeAgent().with("threads.txt", "x".repeat(PIECE_BYTES) + i).seal();
        assertThat(agent.shipAll(as(collector, "agent")).status()).isEqualTo(204);
        kept.add(agent);
      }
      await(collector, kept);
      assertThat(data.resolve("ballast")).exists();

      fill();

      assertFull(collector, kept);
      assertThat(collector.log().lines().filter(line -> line.contains("WARN")).count())
          .as(collector.log())
          .isLessThan(30);
    }
    fill();
    assertThatThrownBy(() -> collector().close())
        .as("what the ballast left is taken by others now")
        .hasMessageContaining("the disk is full; free a few MiB there");
    free(3 << 20);
    try (PackagedCollector collector = collector()) {
      assertFull(collector, kept);

      SocketCaller admin = as(collector, "admin");
      FakeAgent purged = kept.remove(0);
      Answer answer =
          admin.call(
              "DELETE", "/api/v1/evidence/" + purged.evidence + "?reason=r", Map.of(), new byte[0]);
      assertThat(answer.status()).as(answer.text()).isBetween(200, 204);
      assertThat(disk.toFile().getUsableSpace()).isGreaterThan(PIECE_BYTES / 2);

      Files.delete(disk.resolve("filler"));
      FakeAgent later = new FakeAgent().with("threads.txt", "later").seal();
      assertThat(later.shipAll(as(collector, "agent")).status()).isEqualTo(204);
      kept.add(later);
      await(collector, kept);
      assertThat(get(collector, "/readyz").status()).isEqualTo(200);
      for (FakeAgent agent : kept) {
        String verify = "/api/v1/evidence/" + agent.evidence + "/verify";
        assertThat(collector.get(verify).path("verified").asBoolean())
            .as(collector.get(verify).toString())
            .isTrue();
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(data.resolve("ballast")).exists());
    }
  }

  /** Not a byte is left: everything that only reads is answered, and the rest says why not. */
  private void assertFull(PackagedCollector collector, List<FakeAgent> kept) throws Exception {
    assertThat(get(collector, "/healthz").status()).isEqualTo(200);
    Answer ready = get(collector, "/readyz");
    assertThat(ready.status()).isEqualTo(503);
    assertThat(ready.text()).contains("MiB left");
    assertThat(collector.get("/api/v1/evidence").path("evidence").size()).isEqualTo(PIECES);
    for (FakeAgent agent : kept) {
      String one = "/api/v1/evidence/" + agent.evidence;
      // Nothing is exported that custody can't tell of; soon the ballast gives it the room.
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(get(collector, one + "/artifacts/threads.txt").body())
                      .hasSize(PIECE_BYTES + 1));
      assertThat(get(collector, one + "/verify").status()).as("verify").isIn(200, 507);
      assertThat(get(collector, one + "/bag").status()).as("bag").isIn(200, 507);
    }
    assertNoRoom(
        "upload", new FakeAgent().with("a.txt", "a").seal().shipAll(as(collector, "agent")));
    assertNoRoom(
        "alert",
        send(
            collector,
            "alert",
            "POST",
            "/api/v1/alerts/generic",
            Map.of("rule", "a-rule", "target", Map.of("service", "shop"))));
    assertNoRoom(
        "case", send(collector, "responder", "POST", "/api/v1/cases", Map.of("title", "a case")));
    // The ballast leaves a little room, which uploads and alerts do not get.
    Answer rules =
        send(
            collector,
            "admin",
            "PUT",
            "/api/v1/rules/some",
            Map.of("target", Map.of("service", "shop"), "rules", "title: x"));
    assertThat(rules.status()).as(rules.text()).isIn(200, 507);
  }

  private static void assertNoRoom(String what, Answer answer) {
    assertThat(answer.status()).as(what + ": " + answer.text()).isEqualTo(507);
    assertThat(answer.text()).as(what).contains("room");
  }

  private static void await(PackagedCollector collector, List<FakeAgent> kept) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              for (FakeAgent agent : kept) {
                String index = "/api/v1/evidence/" + agent.evidence + "/index";
                assertThat(collector.get(index).path("state").asText()).isEqualTo("ready");
              }
            });
  }

  /** With zeros, until nothing more goes. */
  /** Its log is on another disk: a message must not need the room that it reports. */
  private PackagedCollector collector() throws IOException {
    return new PackagedCollector(data, 256, folder.resolve("collector.log"));
  }

  private void fill() throws IOException {
    ByteBuffer zeros = ByteBuffer.allocate(1 << 20);
    try (FileChannel filler =
        FileChannel.open(
            disk.resolve("filler"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int piece = zeros.capacity(); piece > 0; ) {
        zeros.clear().limit(piece);
        try {
          filler.write(zeros);
        } catch (IOException full) {
          piece /= 2;
        }
      }
    }
    assertThat(disk.toFile().getUsableSpace()).isZero();
  }

  private void free(int bytes) throws IOException {
    try (FileChannel filler = FileChannel.open(disk.resolve("filler"), StandardOpenOption.WRITE)) {
      filler.truncate(filler.size() - bytes);
    }
  }

  private static SocketCaller as(PackagedCollector collector, String role) throws IOException {
    return new SocketCaller(
        collector.url(), collector.token(role), InetAddress.getLoopbackAddress());
  }

  private static Answer get(PackagedCollector collector, String path) throws IOException {
    return as(collector, "responder").call("GET", path, Map.of(), new byte[0]);
  }

  private static Answer send(
      PackagedCollector collector, String role, String method, String path, Object body)
      throws IOException {
    return as(collector, role)
        .call(
            method,
            path,
            Map.of("Content-Type", "application/json"),
            Json.text(body).getBytes(StandardCharsets.UTF_8));
  }

  private static boolean run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
  }
}
