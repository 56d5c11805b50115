package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules pushed to a shop that runs: they fire; a broken set is reported and takes nothing away. */
final class PushedRulesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String RULES =
      """
      title: Price List Asked for
      id: 5f3d3a3e-8a52-4f0c-9d0f-0c3f6f1b2a01
      name: price_list
      level: low
      logsource: {product: jvm, category: file_event}
      detection:
        selection:
          path|endswith: 'price-list.txt'
        condition: selection
      ---
      title: Price List Asked for Thrice
      id: 5f3d3a3e-8a52-4f0c-9d0f-0c3f6f1b2a02
      level: low
      correlation:
        type: event_count
        rules: [price_list]
        timespan: 1m
        condition: {gte: 3}
      generate: true
      """;

  @TempDir Path folder;

  static IntStream versions25And17() {
    return World.firstOf(25, 17);
  }

  @ParameterizedTest
  @MethodSource("versions25And17")
  void push_fires_andABrokenPushIsReported(int version) throws IOException {
    Path javaHome = World.javaOrSkip(version);
    try (World world = World.quick(folder);
        Shop shop = world.plainShop(javaHome)) {
      world.awaitAgent();
      Path file = Files.writeString(folder.resolve("price-list.yml"), RULES);

      push(world, file.toString(), "--service", "shop");
      awaitState(world, "loaded", 1, 2);
      for (int i = 0; i < 3; i++) {
        get(shop, "/invoices/view?file=price-list.txt");
      }
      JsonNode one = awaitAlert(world, "Price List Asked for");
      JsonNode thrice = awaitAlert(world, "Price List Asked for Thrice");
      assertThat(one.toString()).contains("price-list.txt");
      assertThat(thrice.toString()).contains("correlation.events", "event_count");

      Files.writeString(file, "title: [broken");
      push(world, file.toString(), "--service", "shop", "--unchecked");
      JsonNode refused = awaitState(world, "refused", 1, 2);
      assertThat(refused.path("problems").toString()).contains("not YAML");

      Child removed = world.collector().commandAs("admin", "rules", "remove", "price-list");
      assertThat(removed.awaitEnd(PATIENCE)).as(removed.lines().toString()).isZero();
      assertThat(world.collector().get("/api/v1/rules").path("rules")).isEmpty();
    }
  }

  @Test
  void push_asResponder_isRefused() throws IOException {
    try (World world = World.quick(folder)) {
      Path file = Files.writeString(folder.resolve("price-list.yml"), RULES);
      Child refused =
          world
              .collector()
              .commandAs("responder", "rules", "push", file.toString(), "--service", "shop");

      assertThat(refused.awaitEnd(PATIENCE)).isEqualTo(1);
    }
  }

  private static void push(World world, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "rules";
    all[1] = "push";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    Child pushed = world.collector().commandAs("admin", all);
    assertThat(pushed.awaitEnd(PATIENCE)).as(List.copyOf(pushed.lines()).toString()).isZero();
  }

  private static JsonNode awaitState(World world, String state, int version, int rules) {
    return world.await(
        "set that is " + state,
        "/api/v1/rules/price-list",
        "agents",
        agent ->
            agent.path("state").asText().equals(state)
                && agent.path("version").asInt() == version
                && agent.path("rules").asInt() == rules);
  }

  private static JsonNode awaitAlert(World world, String title) {
    return world.await(
        "alert " + title,
        "/api/v1/alerts",
        "alerts",
        alert -> alert.path("title").asText().equals(title));
  }

  private static void get(Shop shop, String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) shop.url().resolve(path).toURL().openConnection();
    connection.setConnectTimeout(10_000);
    connection.setReadTimeout(10_000);
    connection.getResponseCode();
    connection.disconnect();
  }
}
