package whorl.samples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A collector process on loopback, and its API as a responder sees it. */
final class Collector implements AutoCloseable {
  private static final Pattern LISTENING =
      Pattern.compile("listening on http://127\\.0\\.0\\.1:(\\d+)");
  private static final Duration START_PATIENCE = Duration.ofSeconds(60);
  private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Jars jars;
  private final Path data;
  private final Child process;
  private final int port;

  private Collector(Jars jars, Path data, Child process, int port) {
    this.jars = jars;
    this.data = data;
    this.process = process;
    this.port = port;
  }

  /** An answer that was not what was wanted, too. */
  record Answer(int status, JsonNode body) {}

  /**
   * Starts it and waits until it listens.
   *
   * @param port 0 for any
   */
  static Collector start(Jars jars, Path data, int port, String... options) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("serve", "--listen", "127.0.0.1:" + port, "--data", data.toString()));
    arguments.addAll(List.of(options));
    Child process =
        Child.start("collector", Java.jar(Java.own(), List.of(), jars.collector(), arguments));
    int bound = Integer.parseInt(process.awaitLine(LISTENING, START_PATIENCE).group(1));
    return new Collector(jars, data, process, bound);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  int port() {
    return port;
  }

  Path data() {
    return data;
  }

  List<String> output() {
    return process.lines();
  }

  /** The token of this role, which the collector made at its first start. */
  String token(String role) {
    try {
      for (String line : Files.readAllLines(data.resolve("tokens"))) {
        String[] words = line.strip().split("\\s+", 2);
        if (words.length == 2 && words[0].equals(role)) {
          return words[1];
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no tokens in " + data, e);
    }
    throw new IllegalStateException("no token of role " + role + " in " + data.resolve("tokens"));
  }

  /** What the API says, which must be 200. */
  JsonNode get(String path) {
    Answer answer = send(request(path, "responder").GET().build());
    if (answer.status() != 200) {
      throw new IllegalStateException("GET " + path + ": " + answer);
    }
    return answer.body();
  }

  Answer post(String path, String role, String json) {
    return send(
        request(path, role)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build());
  }

  /** Saves what this path answers into a file. */
  Path download(String path, Path file) {
    try {
      HttpResponse<Path> answer =
          http.send(request(path, "responder").GET().build(), BodyHandlers.ofFile(file));
      if (answer.statusCode() != 200) {
        throw new IllegalStateException("GET " + path + ": HTTP " + answer.statusCode());
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("GET " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** The collector's jar as a command line, offline or against this collector. */
  Child command(String... arguments) {
    ProcessBuilder builder = Java.jar(Java.own(), List.of(), jars.collector(), List.of(arguments));
    builder.environment().put("WHORL_COLLECTOR_URL", url().toString());
    builder.environment().put("WHORL_TOKEN", token("responder"));
    return Child.run("whorl " + arguments[0], ANSWER_PATIENCE, builder);
  }

  private HttpRequest.Builder request(String path, String role) {
    return HttpRequest.newBuilder(url().resolve(path))
        .timeout(ANSWER_PATIENCE)
        .header("Authorization", "Bearer " + token(role));
  }

  private Answer send(HttpRequest request) {
    try {
      HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
      return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
    } catch (IOException e) {
      throw new UncheckedIOException(request.method() + " " + request.uri(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** SIGKILL. */
  void kill() {
    process.kill();
  }

  /** SIGTERM: an end in good order. */
  void stop() {
    process.close();
  }

  @Override
  public void close() {
    stop();
  }
}
