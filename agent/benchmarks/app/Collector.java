import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The collector's API, as far as a benchmark needs it.
 *
 * @param token of a responder
 * @param folder of the collector's files
 * @param pid of its process
 */
record Collector(HttpClient client, String url, String token, Path folder, long pid) {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final long POLL_MILLIS = 250;
  private static final Pattern ID = Pattern.compile("\"id\"\\s*:\\s*\"([^\"]+)\"\\s*,\\s*\"agent\"");

  private static final Pattern CONNECTED = Pattern.compile("\"connected\"\\s*:\\s*true");

  /** One that ended well. */
  record Sealed(Instant at, String evidence) {}

  /** The ids of all captures that it knows. */
  Set<String> captures() throws IOException, InterruptedException {
    Set<String> ids = new TreeSet<>();
    Matcher found = ID.matcher(get("/api/v1/captures?limit=1000"));
    while (found.find()) {
      ids.add(found.group(1));
    }
    return ids;
  }

  /** Asks for a capture. */
  void request(String service, String artifacts) throws IOException, InterruptedException {
    String body =
        """
        {"target": {"service": "%s"}, "artifacts": [%s], "reason": "measured"}
        """
            .formatted(service, artifacts.isEmpty() ? "" : "\"" + artifacts.replace(",", "\",\"") + "\"");
    HttpRequest post =
        to("/api/v1/captures")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    answered(post, 202);
  }

  /** Waits for one capture that is not among those known before. */
  Sealed awaitSealed(Set<String> before) throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    String id = null;
    while (System.nanoTime() < end) {
      if (id == null) {
        Set<String> now = captures();
        now.removeAll(before);
        id = now.isEmpty() ? null : now.iterator().next();
      } else {
        Sealed sealed = sealed(id);
        if (sealed != null) {
          return sealed;
        }
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    throw new IOException("no capture was sealed within " + LIMIT.toSeconds() + " s");
  }

  /** What came of a capture; null while it is under way. */
  Sealed sealed(String id) throws IOException, InterruptedException {
    String capture = get("/api/v1/captures/" + id);
    String state = field(capture, "state");
    if (state.equals("failed") || state.equals("partial")) {
      throw new IOException("not sealed: " + capture);
    }
    return state.equals("sealed")
        ? new Sealed(Instant.parse(field(capture, "sealedAt")), field(capture, "evidence"))
        : null;
  }

  /** Asks all JVMs of a service, and returns the id of the hunt. */
  String hunt(String service, String question) throws IOException, InterruptedException {
    String body = "{\"target\": {\"service\": \"%s\"}, %s, \"reason\": \"measured\"}".formatted(service, question);
    HttpRequest post =
        to("/api/v1/hunts")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return field(answered(post, 202), "id");
  }

  boolean isHuntOver(String id) throws IOException, InterruptedException {
    return !field(get("/api/v1/hunts/" + id), "endedAt").isEmpty();
  }

  Instant huntAskedAt(String id) throws IOException, InterruptedException {
    return Instant.parse(field(get("/api/v1/hunts/" + id), "requestedAt"));
  }

  /** When its answers came, in order. */
  List<Instant> huntAnswers(String id) throws IOException, InterruptedException {
    String agents = get("/api/v1/hunts/" + id + "/agents?state=answered&limit=1000");
    return Pattern.compile("\"answeredAt\"\\s*:\\s*\"([^\"]+)\"")
        .matcher(agents)
        .results()
        .map(found -> Instant.parse(found.group(1)))
        .sorted()
        .toList();
  }

  double huntRows(String id) throws IOException, InterruptedException {
    Matcher found = Pattern.compile("\"rows\"\\s*:\\s*(\\d+)").matcher(get("/api/v1/hunts/" + id));
    return found.find() ? Long.parseLong(found.group(1)) : 0;
  }

  /** Whether timeline and findings of an evidence are there. */
  boolean hasFindings(String evidence) throws IOException, InterruptedException {
    return field(get("/api/v1/evidence/" + evidence + "/index"), "state").equals("ready")
        && client
                .send(
                    to("/api/v1/evidence/" + evidence + "/findings").build(),
                    HttpResponse.BodyHandlers.discarding())
                .statusCode()
            == 200;
  }

  /** The size of an artifact of sealed evidence, in MiB; 0 if it has none. */
  double mebibytes(String evidence, String artifact) throws IOException, InterruptedException {
    String one = "\"name\"\\s*:\\s*\"" + Pattern.quote(artifact) + "\"\\s*,\\s*\"size\"\\s*:\\s*(\\d+)";
    Matcher found = Pattern.compile(one).matcher(get("/api/v1/evidence/" + evidence));
    return found.find() ? Long.parseLong(found.group(1)) / 1024.0 / 1024 : 0;
  }

  /** When the newest alert of that rule came to the collector. */
  Instant newestAlert(String rule) throws IOException, InterruptedException {
    String received = field(get("/api/v1/alerts?limit=1&rule=" + rule), "receivedAt");
    if (received.isEmpty()) {
      throw new IOException("no alert of " + rule + " came");
    }
    return Instant.parse(received);
  }

  void awaitAgent() throws IOException, InterruptedException {
    awaitAgents(1);
  }

  /** Waits until so many are connected. */
  void awaitAgents(int number) throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (connected() < number) {
      if (System.nanoTime() > end) {
        throw new IOException("fewer than " + number + " agents connect");
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  /** The number of connected agents; 0 while the collector starts. */
  private long connected() throws IOException, InterruptedException {
    HttpResponse<String> answer =
        client.send(to("/api/v1/agents").build(), HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() == 503
        ? 0
        : CONNECTED.matcher(answer.body()).results().count();
  }

  /** Waits until what was sealed last is indexed as well: the second JVM for that has ended. */
  void awaitQuiet() throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    do {
      TimeUnit.SECONDS.sleep(1);
    } while (ProcessHandle.of(pid).orElseThrow().children().findAny().isPresent()
        && System.nanoTime() < end);
  }

  private String get(String path) throws IOException, InterruptedException {
    return answered(to(path).build(), 200);
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).header("Authorization", "Bearer " + token);
  }

  private String answered(HttpRequest request, int expected)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != expected) {
      throw new IOException(request.uri() + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer.body();
  }

  private static String field(String json, String name) {
    Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
    return found.find() ? found.group(1) : "";
  }
}
