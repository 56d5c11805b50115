package whorl.collector.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.PackagedCollector;
import whorl.collector.testkit.SocketCaller;

/** Who is turned away is told, and nobody but the collector's user can read what it keeps. */
class AccessIT {
  private static final int ATTEMPTS = 100;
  private static final int TOLD_MAX = 60;

  @TempDir Path folder;

  @Test
  void whoIsTurnedAway_isLogged_inAFewLines() throws Exception {
    try (PackagedCollector collector = new PackagedCollector(folder.resolve("data"))) {
      SocketCaller viewer = caller(collector, collector.token("viewer"));
      assertThat(viewer.call("DELETE", "/api/v1/evidence/x", Map.of(), new byte[0]).status())
          .isEqualTo(403);
      SocketCaller nobody = caller(collector, "nobodys-token-0000000000000000000000");
      for (int i = 0; i < ATTEMPTS; i++) {
        assertThat(nobody.call("GET", "/api/v1/alerts", Map.of(), new byte[0]).status())
            .isEqualTo(401);
      }

      List<String> told =
          collector.log().lines().filter(line -> line.contains("turned away with")).toList();
      assertThat(told).hasSizeBetween(2, TOLD_MAX);
      assertThat(told.get(0))
          .contains("403: DELETE /api/v1/evidence/{id} from 127.0.0.1, token viewer-");
      assertThat(told.get(1))
          .contains("401: GET /api/v1/alerts from 127.0.0.1, without a token that fits");
      assertThat(collector.log()).doesNotContain("nobodys-token");
    }
  }

  @Test
  void everythingKept_isForTheCollectorsUserAlone_alsoInAFolderThatWasThere() throws Exception {
    Path data = Files.createDirectory(folder.resolve("data"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (PackagedCollector collector = new PackagedCollector(data)) {
      FakeAgent agent = new FakeAgent().with("threads.txt", "main").seal();
      assertThat(agent.shipAll(caller(collector, collector.token("agent"))).status())
          .isEqualTo(204);
      String index = "/api/v1/evidence/" + agent.evidence + "/index";
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> collector.get(index).path("state").asText().equals("ready"));
      assertThat(collector.log()).contains("is open to others (rwxr-xr-x): chmod 700 it");
    }

    assertThat(openIn(data)).isEmpty();
  }

  /** What others can open: a folder that is closed closes all that is in it. */
  private static List<String> openIn(Path folder) throws IOException {
    List<String> open = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path each : all.toList()) {
        String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(each));
        if (!permissions.endsWith("------")) {
          open.add(permissions + " " + each);
        }
      }
    }
    return open;
  }

  private static SocketCaller caller(PackagedCollector collector, String token) throws IOException {
    return new SocketCaller(collector.url(), token, InetAddress.getLoopbackAddress());
  }
}
