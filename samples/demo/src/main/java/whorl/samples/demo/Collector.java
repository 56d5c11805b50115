package whorl.samples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A collector process on loopback, and its API as a responder sees it. */
final class Collector implements AutoCloseable {
  private static final Pattern LISTENING =
      Pattern.compile("listening on (https?)://127\\.0\\.0\\.1:(\\d+)");
  private static final Duration START_PATIENCE = Duration.ofSeconds(60);
  private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http;
  private final Jars jars;
  private final Path data;
  private final @Nullable Path tls;
  private final List<String> flags;
  private final Child process;
  private final URI url;

  private Collector(
      Jars jars, Path data, @Nullable Path tls, List<String> flags, Child process, URI url) {
    HttpClient.Builder client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    if (tls != null) {
      client.sslContext(trusting(tls.resolve("ca.pem")));
    }
    this.http = client.build();
    this.jars = jars;
    this.data = data;
    this.tls = tls;
    this.flags = flags;
    this.process = process;
    this.url = url;
  }

  /** An answer that was not what was wanted, too. */
  record Answer(int status, JsonNode body) {}

  /** Starts one on any free port, without TLS, and waits until it listens. */
  static Collector start(Jars jars, Path data) {
    return start(jars, data, 0, null, List.of(), Map.of());
  }

  /** The same with options of the JVM. */
  static Collector startWith(List<String> flags, Jars jars, Path data) {
    return start(jars, data, 0, null, flags, Map.of());
  }

  /** The same with more options of {@code serve}. */
  static Collector start(Jars jars, Path data, String... options) {
    return start(jars, data, 0, null, List.of(), Map.of(), options);
  }

  /** The same with more variables in its environment. */
  static Collector start(Jars jars, Path data, Map<String, String> environment, String... options) {
    return start(jars, data, 0, null, List.of(), environment, options);
  }

  /** The same with TLS, for which it makes certificates in {@code tls}. */
  static Collector startWithTls(Jars jars, Path data, Path tls) {
    List<String> init = List.of("tls", "init", tls.toString(), "--host", "127.0.0.1");
    Child made =
        Child.run(
            "tls init",
            ANSWER_PATIENCE,
            Java.jar(Java.own(), Java.SHORT_LIVED, jars.collector(), init));
    if (made.awaitEnd(ANSWER_PATIENCE) != 0) {
      throw new IllegalStateException("tls init failed:\n" + String.join("\n", made.lines()));
    }
    return start(jars, data, 0, tls, List.of(), Map.of());
  }

  /** One on the port and the folder of this one, which is gone. */
  Collector again() {
    return start(jars, data, url.getPort(), tls, flags, Map.of());
  }

  /** This collector and others like it, at the address of the balancer before them. */
  Collector behind(URI balancer) {
    return new Collector(jars, data, tls, flags, process, balancer);
  }

  private static Collector start(
      Jars jars,
      Path data,
      int port,
      @Nullable Path tls,
      List<String> flags,
      Map<String, String> environment,
      String... options) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("serve", "--listen", "127.0.0.1:" + port, "--data", data.toString()));
    arguments.addAll(List.of(options));
    if (tls != null) {
      arguments.addAll(List.of("--tls-cert", tls.resolve("server.pem").toString()));
      arguments.addAll(List.of("--tls-key", tls.resolve("server-key.pem").toString()));
    }
    ProcessBuilder builder = Java.jar(Java.own(), flags, jars.collector(), arguments);
    builder.environment().putAll(environment);
    Child process = Child.start("collector", builder);
    try {
      Matcher listening = process.awaitLine(LISTENING, START_PATIENCE);
      URI url = URI.create(listening.group(1) + "://127.0.0.1:" + listening.group(2));
      return new Collector(jars, data, tls, flags, process, url);
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
  }

  private static SSLContext trusting(Path ca) {
    try (InputStream pem = Files.newInputStream(ca)) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(ca + " cannot be trusted", e);
    }
  }

  URI url() {
    return url;
  }

  /** A client that trusts this collector's authority. */
  HttpClient client() {
    return http;
  }

  int port() {
    return url.getPort();
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
    return commandAs("responder", arguments);
  }

  /** The same with the token of another role. */
  Child commandAs(String role, String... arguments) {
    ProcessBuilder builder =
        Java.jar(Java.own(), Java.SHORT_LIVED, jars.collector(), List.of(arguments));
    builder.environment().put("WHORL_COLLECTOR_URL", url().toString());
    builder.environment().put("WHORL_TOKEN", token(role));
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
