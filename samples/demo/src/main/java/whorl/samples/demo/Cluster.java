package whorl.samples.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Several collectors behind a balancer, with their records in PostgreSQL and their evidence in S3:
 * what a platform runs, here as processes of this machine.
 */
final class Cluster implements AutoCloseable {
  private static final int COLLECTORS = 3;
  private static final String BUCKET = "whorl-demo";
  private static final String KEY = "whorl-demo-key";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final List<AutoCloseable> closing = new ArrayList<>();
  private final List<Collector> collectors = new ArrayList<>();
  private final Jars jars;
  private final Path folder;

  private Cluster(Jars jars, Path folder) {
    this.jars = jars;
    this.folder = folder;
  }

  /** What is missing on this machine, each with what to install; empty if nothing is. */
  static List<String> missing(Jars jars) {
    List<String> missing = new ArrayList<>();
    if (postgresPrograms().isEmpty()) {
      missing.add("PostgreSQL is missing; apt-get install postgresql");
    }
    if (balancer().isEmpty()) {
      missing.add("a balancer is missing; apt-get install haproxy");
    }
    if (!Files.isDirectory(s3Libraries(jars))) {
      missing.add("an S3 server is missing; mvn -pl collector-server/s3proxy pre-integration-test");
    }
    return missing;
  }

  /**
   * Starts everything.
   *
   * @throws IllegalStateException if something is missing, or does not start
   */
  static Cluster start(Jars jars, Path folder) throws IOException {
    List<String> missing = missing(jars);
    if (!missing.isEmpty()) {
      throw new IllegalStateException(String.join("\n", missing));
    }
    Cluster cluster = new Cluster(jars, folder);
    try {
      cluster.startAll();
      return cluster;
    } catch (IOException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void startAll() throws IOException {
    int postgres = startPostgres();
    int s3 = startS3();
    Path key = folder.resolve("log.key");
    run(
        "custody-key",
        Java.jar(
            Java.own(),
            Java.SHORT_LIVED,
            jars.collector(),
            List.of("custody-key", key.toString())));
    for (int i = 1; i <= COLLECTORS; i++) {
      Path data = folder.resolve("collector" + i);
      List<String> options =
          new ArrayList<>(
              List.of(
                  "--records",
                  "jdbc:postgresql://127.0.0.1:" + postgres + "/postgres",
                  "--objects",
                  "s3://" + BUCKET + "/whorl?region=us-east-1&endpoint=http://127.0.0.1:" + s3,
                  "--custody-key",
                  key.toString()));
      if (i > 1) {
        options.addAll(List.of("--tokens", collectors.get(0).data().resolve("tokens").toString()));
      }
      Map<String, String> environment =
          Map.of(
              "WHORL_RECORDS_USER",
              "whorl",
              "AWS_ACCESS_KEY_ID",
              KEY,
              "AWS_SECRET_ACCESS_KEY",
              KEY);
      Collector collector =
          Collector.start(jars, data, environment, options.toArray(String[]::new));
      closing.add(0, collector);
      collectors.add(collector);
    }
    collectors.set(0, collectors.get(0).behind(startBalancer()));
  }

  /** All of them, at the balancer's address. */
  Collector collector() {
    return collectors.get(0);
  }

  /** PostgreSQL does not run as root, so it gets a user then. */
  private int startPostgres() throws IOException {
    Path programs = postgresPrograms().get(postgresPrograms().size() - 1);
    Path data = Files.createDirectory(folder.resolve("postgres"));
    List<String> as = List.of();
    if ("root".equals(System.getProperty("user.name"))) {
      String user =
          Files.readString(Path.of("/etc/passwd")).contains("\npostgres:") ? "postgres" : "nobody";
      run("chown", new ProcessBuilder("chown", user, data.toString()));
      run("chmod", new ProcessBuilder("chmod", "711", folder.toString()));
      as = List.of("setpriv", "--reuid=" + user, "--clear-groups", "--");
    }
    int port = Shop.freePort();
    run(
        "initdb",
        program(
            as,
            programs.resolve("initdb"),
            "-D",
            data + "/cluster",
            "-U",
            "whorl",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C"));
    start(
        "PostgreSQL",
        port,
        program(
            as,
            programs.resolve("postgres"),
            "-D",
            data + "/cluster",
            "-p",
            "" + port,
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories="));
    return port;
  }

  private int startS3() throws IOException {
    Path objects = folder.resolve("objects");
    Files.createDirectories(objects.resolve(BUCKET));
    int port = Shop.freePort();
    Path settings =
        Files.write(
            folder.resolve("s3proxy.conf"),
            List.of(
                "s3proxy.endpoint=http://127.0.0.1:" + port,
                "s3proxy.authorization=aws-v2-or-v4",
                "s3proxy.identity=" + KEY,
                "s3proxy.credential=" + KEY,
                "jclouds.provider=filesystem-nio2",
                "jclouds.filesystem.basedir=" + objects));
    Path quiet =
        Files.writeString(
            folder.resolve("logback.xml"), "<configuration><root level=\"WARN\"/></configuration>");
    start(
        "S3Proxy",
        port,
        program(
            List.of(),
            Java.own().resolve("bin/java"),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-Dlogback.configurationFile=" + quiet,
            "-cp",
            s3Libraries(jars) + "/*",
            "org.gaul.s3proxy.Main",
            "--properties",
            settings.toString()));
    return port;
  }

  private URI startBalancer() throws IOException {
    int port = Shop.freePort();
    Path settings = folder.resolve("haproxy.cfg");
    List<String> lines =
        new ArrayList<>(
            List.of(
                "defaults",
                "  mode http",
                "  timeout connect 5s",
                "  timeout client 5m",
                "  timeout server 5m",
                "  timeout tunnel 1h",
                "listen collectors",
                "  bind 127.0.0.1:" + port,
                "  option httpchk GET /readyz",
                "  default-server check inter 1s rise 1"));
    for (int i = 0; i < collectors.size(); i++) {
      lines.add("  server collector" + (i + 1) + " 127.0.0.1:" + collectors.get(i).port());
    }
    Files.write(settings, lines);
    start("HAProxy", port, program(List.of(), balancer().get(0), "-db", "-f", settings.toString()));
    return URI.create("http://127.0.0.1:" + port);
  }

  private void start(String name, int port, ProcessBuilder builder) {
    builder.directory(folder.toFile());
    Child child = Child.start(name, builder);
    closing.add(0, child);
    Waiting.until(
        name,
        PATIENCE,
        () -> {
          if (!child.alive()) {
            throw new IllegalStateException(
                name + " does not start; it printed:\n" + String.join("\n", child.lines()));
          }
          return accepts(port) ? child : null;
        });
  }

  private static void run(String name, ProcessBuilder builder) {
    Child child = Child.run(name, PATIENCE, builder);
    if (child.awaitEnd(PATIENCE) != 0) {
      throw new IllegalStateException(name + " failed:\n" + String.join("\n", child.lines()));
    }
  }

  private static ProcessBuilder program(List<String> before, Path program, String... arguments) {
    List<String> command = new ArrayList<>(before);
    command.add(program.toString());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command);
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  private static Path s3Libraries(Jars jars) {
    return jars.root().resolve("collector-server/s3proxy/target/libraries");
  }

  private static List<Path> balancer() {
    return Stream.of("/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/usr/bin/haproxy")
        .map(Path::of)
        .filter(Files::isExecutable)
        .toList();
  }

  /** The folders of programs of the versions that are installed, the newest last. */
  private static List<Path> postgresPrograms() {
    Path debian = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(debian)) {
      return List.of();
    }
    try (Stream<Path> versions = Files.list(debian)) {
      return versions
          .map(each -> each.resolve("bin"))
          .filter(each -> Files.isExecutable(each.resolve("postgres")))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Collectors, balancer and servers, each before what it needs. */
  @Override
  public void close() {
    for (AutoCloseable each : closing) {
      try {
        each.close();
      } catch (Exception e) {
        System.err.println("demo: not stopped: " + e.getMessage());
      }
    }
  }
}
