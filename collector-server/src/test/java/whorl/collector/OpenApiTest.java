package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import whorl.collector.config.PeopleLogin;
import whorl.collector.export.formats.TimelineFormat;
import whorl.collector.http.auth.LocalLoginLimit;
import whorl.collector.http.auth.LocalSessions;
import whorl.collector.http.auth.SessionRoutes;
import whorl.collector.http.auth.Sessions;
import whorl.collector.http.auth.Tokens;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.testkit.TestConfig;
import whorl.collector.wiring.base.Readiness;

/** The OpenAPI document and the routes agree. */
class OpenApiTest {
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch");

  private final Map<String, Object> document = document();
  @TempDir private Path folder;
  private CollectorParts collectorParts;

  @BeforeEach
  void open() throws IOException {
    Path access = Files.writeString(folder.resolve("access.yaml"), "admins: [{role: admin}]");
    PeopleLogin people =
        new PeopleLogin(
            "http://127.0.0.1:9",
            "whorl",
            null,
            null,
            List.of("openid"),
            "groups",
            "whorl",
            null,
            null,
            access);
    collectorParts =
        Wiring.open(TestConfig.in(folder).people(people).config(), new Metrics(), new Readiness());
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable part : collectorParts.closing()) {
      part.close();
    }
  }

  @Test
  void everyRoute_isDocumentedWithItsRole() throws IOException {
    assertThat(documented()).containsAllEntriesOf(served());
  }

  @Test
  void everyDocumentedOperation_isServed() throws IOException {
    assertThat(served()).containsAllEntriesOf(documented());
  }

  @Test
  void operationIds_existAndAreUnique() {
    List<String> ids = new ArrayList<>();
    each((key, operation) -> ids.add(String.valueOf(operation.get("operationId"))));
    assertThat(ids).doesNotHaveDuplicates().doesNotContain("null").isNotEmpty();
  }

  @Test
  void timelineFormats_areThoseThatExist() {
    Object schema = target("#/components/parameters/timelineFormat/schema");

    assertThat(((Map<?, ?>) schema).get("enum"))
        .isEqualTo(Arrays.stream(TimelineFormat.values()).map(TimelineFormat::word).toList());
  }

  @Test
  void references_areResolvable() {
    List<String> references = new ArrayList<>();
    collect(document, references);
    assertThat(references)
        .isNotEmpty()
        .allSatisfy(reference -> assertThat(target(reference)).isNotNull());
  }

  /** The required role by method and path. */
  private Map<String, String> served() throws IOException {
    Map<String, String> served = new TreeMap<>();
    List<Route> routes = new ArrayList<>(collectorParts.routes());
    routes.addAll(new StatusRoutes(new Metrics(), new Readiness()).routes());
    Tokens tokens = Tokens.make(folder.resolve("tokens"), new SecureRandom()).tokens();
    Sessions sessions = new LocalSessions(System::nanoTime, new SecureRandom());
    routes.addAll(
        new SessionRoutes(tokens, sessions, new LocalLoginLimit(System::nanoTime), false).routes());
    for (Route route : routes) {
      String path = route.template().replace("...}", "}");
      served.put(route.method() + " " + path, need(route.needs(), route.tokenInQuery()));
    }
    served.put("GET /agent/v1/channel", need(Role.AGENT, false));
    return served;
  }

  private static String need(@Nullable Role role, boolean inQuery) {
    if (role == null) {
      return "[]";
    }
    String token = "{token=[" + role.word() + "]}";
    return inQuery ? "[" + token + ", {queryToken=[" + role.word() + "]}]" : "[" + token + "]";
  }

  private Map<String, String> documented() {
    Map<String, String> documented = new TreeMap<>();
    each((key, operation) -> documented.put(key, String.valueOf(operation.get("security"))));
    return documented;
  }

  private interface Visitor {
    void operation(String methodAndPath, Map<?, ?> operation);
  }

  private void each(Visitor visitor) {
    ((Map<?, ?>) document.get("paths"))
        .forEach(
            (path, item) ->
                ((Map<?, ?>) item)
                    .forEach(
                        (method, operation) -> {
                          if (method.equals("parameters")) {
                            return; // for all operations of this path
                          }
                          assertThat(METHODS).contains((String) method);
                          String key = ((String) method).toUpperCase(Locale.ROOT) + " " + path;
                          visitor.operation(key, (Map<?, ?>) operation);
                        }));
  }

  private static void collect(Object node, List<String> references) {
    if (node instanceof Map<?, ?> map) {
      if (map.get("$ref") instanceof String reference) {
        references.add(reference);
      }
      map.values().forEach(value -> collect(value, references));
    } else if (node instanceof List<?> list) {
      list.forEach(value -> collect(value, references));
    }
  }

  private @Nullable Object target(String reference) {
    Object node = document;
    for (String step : reference.substring("#/".length()).split("/")) {
      node = node instanceof Map<?, ?> map ? map.get(step) : null;
    }
    return node;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> document() {
    try {
      String text = new String(StatusRoutes.document(), StandardCharsets.UTF_8);
      return (Map<String, Object>) new Load(LoadSettings.builder().build()).loadFromString(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
