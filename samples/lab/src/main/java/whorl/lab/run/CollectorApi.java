package whorl.lab.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The collector's HTTP API, as a responder's program uses it. */
final class CollectorApi {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ObjectMapper json = new ObjectMapper();
  private final URI address;
  private final String token;

  CollectorApi(URI address, String token) {
    this.address = address;
    this.token = token;
  }

  List<JsonNode> agents() throws IOException, InterruptedException {
    return list("/api/v1/agents", "agents");
  }

  /** Newest first. */
  List<JsonNode> alerts() throws IOException, InterruptedException {
    return list("/api/v1/alerts?limit=1000", "alerts");
  }

  List<JsonNode> captures() throws IOException, InterruptedException {
    return list("/api/v1/captures?limit=1000", "captures");
  }

  List<JsonNode> evidence() throws IOException, InterruptedException {
    return list("/api/v1/evidence?limit=1000", "evidence");
  }

  /** Whether the timeline of this evidence is ready; asking has it made. */
  boolean indexed(String evidence) throws IOException, InterruptedException {
    JsonNode index = get("/api/v1/evidence/" + evidence + "/index");
    return index != null && index.path("state").asText().equals("ready");
  }

  /** The report, or null while there is none. */
  @Nullable JsonNode findings(String evidence) throws IOException, InterruptedException {
    return get("/api/v1/evidence/" + evidence + "/findings");
  }

  List<JsonNode> classes(String evidence, String name) throws IOException, InterruptedException {
    String query = URLEncoder.encode(name, StandardCharsets.UTF_8);
    return list("/api/v1/evidence/" + evidence + "/classes?limit=500&q=" + query, "classes");
  }

  private List<JsonNode> list(String path, String name) throws IOException, InterruptedException {
    List<JsonNode> all = new ArrayList<>();
    JsonNode body = get(path);
    if (body != null) {
      body.path(name).forEach(all::add);
    }
    return all;
  }

  private @Nullable JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve(path))
            .timeout(PATIENCE)
            .header("Authorization", "Bearer " + token)
            .build();
    HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
    return answer.statusCode() == 200 ? json.readTree(answer.body()) : null;
  }
}
