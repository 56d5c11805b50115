package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Asks the collector of a world for heap snapshots, and looks at what came of them. */
final class Snapshots {
  static final String SERVICE = "heap-app";
  static final String ARTIFACT = "heap.hprof.gz";

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Set<String> BEFORE_SHIPPING = Set.of("requested", "running");
  private static final Set<String> ENDED = Set.of("sealed", "partial", "failed");

  private final World world;

  Snapshots(World world) {
    this.world = world;
  }

  /** The variables that turn the agent on in {@link HeapProcess}. */
  static Map<String, String> flag(World world, String agentJar, String... more) {
    Map<String, String> variables = world.flag(agentJar, "WHORL_SERVICE_NAME", SERVICE);
    for (int i = 0; i < more.length; i += 2) {
      variables.put(more[i], more[i + 1]);
    }
    return variables;
  }

  /** Asks for one, and does not wait. */
  String ask(boolean force) {
    Collector.Answer answer =
        world
            .collector()
            .post(
                "/api/v1/captures",
                "responder",
                "{\"target\":{\"service\":\""
                    + SERVICE
                    + "\"},\"artifacts\":[\"heap\"],\"reason\":\"a proof\",\"force\":"
                    + force
                    + "}");
    assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
    return answer.body().path("captures").path(0).path("id").asText();
  }

  /** How a capture ended. */
  JsonNode awaitEnd(String capture) {
    return await("end", capture, ENDED::contains);
  }

  /** All that belongs to a capture is taken; the collector need not have it yet. */
  void awaitTaken(String capture) {
    await("end of the taking", capture, state -> !BEFORE_SHIPPING.contains(state));
  }

  private JsonNode await(String what, String capture, Predicate<String> state) {
    return Waiting.until(
        what + " of capture " + capture,
        PATIENCE,
        () -> {
          JsonNode now = world.collector().get("/api/v1/captures/" + capture);
          return state.test(now.path("state").asText()) ? now : null;
        });
  }

  /** The sealed evidence of a capture. */
  JsonNode sealed(String capture) {
    JsonNode end = awaitEnd(capture);
    assertThat(end.path("state").asText()).as(end.toString()).isEqualTo("sealed");
    return world.collector().get("/api/v1/evidence/" + end.path("evidence").asText());
  }

  /** Asks, waits, and gives the sealed evidence. */
  JsonNode take() {
    return sealed(ask(false));
  }

  Path download(JsonNode evidence, String artifact) {
    String id = evidence.path("id").asText();
    return world
        .collector()
        .download(
            "/api/v1/evidence/" + id + "/artifacts/" + artifact,
            world.folder.resolve(id + "-" + artifact));
  }

  static boolean has(JsonNode evidence, String artifact) {
    for (JsonNode one : evidence.path("artifacts")) {
      if (one.path("name").asText().equals(artifact)) {
        return true;
      }
    }
    return false;
  }

  /** Why the heap is missing, or an empty text. */
  static String reason(JsonNode evidence) {
    for (JsonNode one : evidence.path("missing")) {
      if (one.path("artifact").asText().equals(ARTIFACT)) {
        return one.path("reason").asText();
      }
    }
    return "";
  }

  /** The lines of the acquisition log that speak of the heap. */
  List<String> log(JsonNode evidence) {
    try (var lines = Files.lines(download(evidence, "acquisition.log"))) {
      return lines.filter(line -> line.contains("heap")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** It came as a stream, it is here, and all of it verifies. */
  void assertStreamed(JsonNode evidence, String content) {
    assertThat(evidence.path("heap").path("path").asText())
        .as("%s, %s", evidence, log(evidence))
        .isEqualTo("stream");
    assertThat(evidence.path("heap").path("content").asText()).isEqualTo(content);
    assertThat(has(evidence, ARTIFACT)).isTrue();
    assertThat(has(evidence, "histogram.txt")).isFalse();
    assertThat(reason(evidence)).isEmpty();
    world.assertVerified(evidence);
  }
}
