package whorl.collector.testkit;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Json;

/**
 * A real Keycloak on loopback, in development mode, with one realm: people of two teams and one
 * administrator, whose passwords are {@link #password}; the public client {@code whorl}, with
 * authorization code, device code and passwords; the client {@code other}; the service account
 * {@code robot}. Tests are skipped where it is not in Maven's local repository and cannot be
 * fetched.
 */
public final class Keycloak implements AutoCloseable {
  /** Of the group shop-responders. */
  public static final String ALICE = "alice";

  /** Of the group bank-viewers. */
  public static final String BOB = "bob";

  /** Of the group platform-admins. */
  public static final String CAROL = "carol";

  /** Of no group. */
  public static final String DORA = "dora";

  /** The public client of this collector. */
  public static final String CLIENT = "whorl";

  /** A client whose tokens are not for this collector. */
  public static final String OTHER_CLIENT = "other";

  private static final String ROBOT = "robot";
  private static final String ROBOT_SECRET = "robot-secret";

  private static final String VERSION = "26.4.7";
  private static final String SHA_256 =
      "dd9834c023460be856f731423d86228c23b5d002194a2064642bec0cc6573eaa";
  private static final Duration START = Duration.ofMinutes(4);
  private static final Duration FETCH = Duration.ofMinutes(5);

  private final Path folder;
  private final int port;
  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();

  private Keycloak(Path folder, int port, Process process) {
    this.folder = folder;
    this.port = port;
    this.process = process;
  }

  /** Starts one that reports no logouts. */
  public static Keycloak start() throws IOException {
    return start(null);
  }

  /**
   * Starts one, and waits until it answers.
   *
   * @param logoutUrl where it reports logouts (back-channel); null for nowhere
   */
  public static Keycloak start(@Nullable String logoutUrl) throws IOException {
    Path zip = distribution();
    Path folder = Files.createTempDirectory("keycloak");
    try {
      Path home = unpacked(zip, folder);
      Path realm = home.resolve("data/import/whorl.json");
      Files.createDirectories(realm.getParent());
      Files.writeString(realm, realm(logoutUrl));
      int port = freePort();
      ProcessBuilder builder =
          new ProcessBuilder(
                  home.resolve("bin/kc.sh").toString(),
                  "start-dev",
                  "--db=dev-mem",
                  "--http-host=127.0.0.1",
                  "--http-port=" + port,
                  "--hostname=http://127.0.0.1:" + port,
                  "--import-realm")
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile());
      builder.environment().put("JAVA_OPTS_APPEND", "-Xmx512m -XX:TieredStopAtLevel=1");
      builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
      builder.environment().remove("JAVA_TOOL_OPTIONS");
      Keycloak keycloak = new Keycloak(folder, port, builder.start());
      keycloak.awaitAnswer();
      return keycloak;
    } catch (IOException | RuntimeException e) {
      delete(folder);
      throw e;
    }
  }

  public String issuer() {
    return "http://127.0.0.1:" + port + "/realms/whorl";
  }

  public static String password(String user) {
    return user + "-password-of-the-test";
  }

  /** An access token for this collector, by the password. */
  public String accessToken(String user) throws IOException {
    return String.valueOf(tokens(user, CLIENT).get("access_token"));
  }

  /** All that the token endpoint answers for this client, by the password. */
  public Map<?, ?> tokens(String user, String client) throws IOException {
    return post(
        "/protocol/openid-connect/token",
        Map.of(
            "grant_type",
            "password",
            "client_id",
            client,
            "scope",
            "openid",
            "username",
            user,
            "password",
            password(user)));
  }

  /** An access token of a service account, which is no person. */
  public String robotToken() throws IOException {
    return String.valueOf(
        post(
                "/protocol/openid-connect/token",
                Map.of(
                    "grant_type",
                    "client_credentials",
                    "client_id",
                    ROBOT,
                    "client_secret",
                    ROBOT_SECRET))
            .get("access_token"));
  }

  /** Ends the session to which a refresh token belongs, as its user would. */
  public void logOut(String refreshToken) throws IOException {
    post(
        "/protocol/openid-connect/logout",
        Map.of("client_id", CLIENT, "refresh_token", refreshToken));
  }

  private Map<?, ?> post(String path, Map<String, String> form) throws IOException {
    String body =
        form.entrySet().stream()
            .map(
                each ->
                    each.getKey()
                        + "="
                        + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    HttpResponse<String> response =
        send(
            HttpRequest.newBuilder(URI.create(issuer() + path))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(path + ": " + response.statusCode() + " " + response.body());
    }
    return response.body().isEmpty() ? Map.of() : Json.MAPPER.readValue(response.body(), Map.class);
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private void awaitAnswer() throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(issuer() + "/.well-known/openid-configuration"))
            .timeout(Duration.ofSeconds(5))
            .build();
    long end = System.nanoTime() + START.toNanos();
    while (System.nanoTime() - end < 0) {
      try {
        if (send(request).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // not yet
      }
      try {
        if (process.waitFor(200, TimeUnit.MILLISECONDS)) {
          break;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    String log = Files.readString(folder.resolve("log"));
    close();
    throw new IOException("Keycloak does not answer: " + log);
  }

  private static Path distribution() throws IOException {
    String name = "keycloak-quarkus-dist-" + VERSION + ".zip";
    Path repository =
        Path.of(
            System.getProperty(
                "maven.repo.local", System.getProperty("user.home") + "/.m2/repository"));
    Path zip = repository.resolve("org/keycloak/keycloak-quarkus-dist/" + VERSION + "/" + name);
    if (!Files.exists(zip)) {
      fetch();
    }
    if (!Files.exists(zip)) {
      abort("skipped: " + zip + " is not there, and Maven cannot fetch it");
    }
    if (!sha256(zip).equals(SHA_256)) {
      throw new IOException(zip + " is not Keycloak " + VERSION + ": another SHA-256");
    }
    return zip;
  }

  private static void fetch() throws IOException {
    ProcessBuilder maven =
        new ProcessBuilder(
                "mvn",
                "-B",
                "-q",
                "dependency:get",
                "-Dtransitive=false",
                "-Dartifact=org.keycloak:keycloak-quarkus-dist:" + VERSION + ":zip")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    try {
      Process fetching = maven.start();
      if (!fetching.waitFor(FETCH.toSeconds(), TimeUnit.SECONDS)) {
        fetching.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      abort("skipped: there is no mvn that could fetch Keycloak: " + e.getMessage());
    }
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static Path unpacked(Path zip, Path folder) throws IOException {
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path target = folder.resolve(entry.getName()).normalize();
        if (!target.startsWith(folder)) {
          throw new IOException("not in the folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.getParent());
          Files.copy(in, target);
        }
      }
    }
    Path home = folder.resolve("keycloak-" + VERSION);
    if (!home.resolve("bin/kc.sh").toFile().setExecutable(true)) {
      throw new IOException("kc.sh cannot be made executable");
    }
    return home;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String realm(@Nullable String logoutUrl) {
    Map<String, String> attributes =
        logoutUrl == null
            ? Map.of("oauth2.device.authorization.grant.enabled", "true")
            : Map.of(
                "oauth2.device.authorization.grant.enabled",
                "true",
                "backchannel.logout.url",
                logoutUrl,
                "backchannel.logout.session.required",
                "true");
    Map<String, Object> whorl =
        Map.of(
            "clientId",
            CLIENT,
            "publicClient",
            true,
            "standardFlowEnabled",
            true,
            "directAccessGrantsEnabled",
            true,
            "redirectUris",
            List.of("*"),
            "attributes",
            attributes,
            "protocolMappers",
            List.of(groups(), audience()));
    Map<String, Object> other =
        Map.of(
            "clientId",
            OTHER_CLIENT,
            "publicClient",
            true,
            "directAccessGrantsEnabled",
            true,
            "redirectUris",
            List.of("*"),
            "protocolMappers",
            List.of(groups()));
    Map<String, Object> robot =
        Map.of(
            "clientId",
            ROBOT,
            "secret",
            ROBOT_SECRET,
            "serviceAccountsEnabled",
            true,
            "standardFlowEnabled",
            false,
            "protocolMappers",
            List.of(groups(), audience()));
    return Json.text(
        Map.of(
            "realm",
            "whorl",
            "enabled",
            true,
            "groups",
            List.of(
                Map.of("name", "shop-responders"),
                Map.of("name", "bank-viewers"),
                Map.of("name", "platform-admins")),
            "users",
            List.of(
                user(ALICE, "Alice", "shop-responders"),
                user(BOB, "Bob", "bank-viewers"),
                user(CAROL, "Carol", "platform-admins"),
                user(DORA, "Dora")),
            "clients",
            List.of(whorl, other, robot)));
  }

  private static Map<String, Object> user(String name, String firstName, String... groups) {
    return Map.of(
        "username",
        name,
        "enabled",
        true,
        "email",
        name + "@example.org",
        "emailVerified",
        true,
        "firstName",
        firstName,
        "lastName",
        "Example",
        "groups",
        Arrays.stream(groups).map(each -> "/" + each).toList(),
        "credentials",
        List.of(Map.of("type", "password", "value", password(name), "temporary", false)));
  }

  private static Map<String, Object> groups() {
    return Map.of(
        "name",
        "groups",
        "protocol",
        "openid-connect",
        "protocolMapper",
        "oidc-group-membership-mapper",
        "config",
        Map.of(
            "claim.name",
            "groups",
            "full.path",
            "false",
            "id.token.claim",
            "true",
            "access.token.claim",
            "true",
            "userinfo.token.claim",
            "true"));
  }

  private static Map<String, Object> audience() {
    return Map.of(
        "name",
        "audience",
        "protocol",
        "openid-connect",
        "protocolMapper",
        "oidc-audience-mapper",
        "config",
        Map.of("included.client.audience", CLIENT, "access.token.claim", "true"));
  }

  /** Stops it and deletes all that it wrote. */
  @Override
  public void close() {
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(each -> each.onExit().join());
    try {
      delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
