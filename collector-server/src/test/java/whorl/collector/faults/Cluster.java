package whorl.collector.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import whorl.collector.custody.publish.LogKey;

/** Collectors behind a balancer, on PostgreSQL and S3, each server a process of its own. */
final class Cluster implements AutoCloseable {
  private static final List<String> ROLES =
      List.of("agent", "alert", "viewer", "responder", "admin");

  private final Path folder;
  private final PostgresServer postgres;
  private final S3Proxy s3;
  private final List<CollectorNode> collectors = new ArrayList<>();
  private Balancer balancer;

  private Cluster(Path folder, PostgresServer postgres, S3Proxy s3) {
    this.folder = folder;
    this.postgres = postgres;
    this.s3 = s3;
  }

  /** What is missing here for a run; empty if nothing is. */
  static Optional<String> missing() {
    if (!CollectorNode.isBuilt()) {
      return Optional.of("the collector's jar is not built; run mvn package");
    }
    if (!S3Proxy.isBuilt()) {
      return Optional.of("the module s3proxy is not built; run mvn verify");
    }
    if (Balancer.program().isEmpty()) {
      return Optional.of("there is no balancer; apt-get install haproxy");
    }
    return Optional.empty();
  }

  static Cluster start(Path folder, int collectors, Tally tally) throws IOException {
    PostgresServer postgres = PostgresServer.create(folder.resolve("postgres"));
    S3Proxy s3 = S3Proxy.create(folder.resolve("s3"));
    Cluster cluster = new Cluster(folder, postgres, s3);
    try {
      cluster.startCollectors(collectors, tally);
      return cluster;
    } catch (IOException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void startCollectors(int number, Tally tally) throws IOException {
    Path root = Files.createDirectories(folder.resolve("collectors"));
    LogKey.create(root.resolve("log.key"));
    writeTokens(root.resolve("tokens"));
    for (int i = 1; i <= number; i++) {
      collectors.add(new CollectorNode("collector" + i, root, postgres.port(), s3.port(), tally));
    }
    for (CollectorNode each : collectors) {
      each.start();
    }
    for (CollectorNode each : collectors) {
      each.await();
    }
    balancer =
        Balancer.start(
            folder.resolve("balancer"),
            collectors.stream().map(each -> each.clients().port()).toList());
  }

  private static void writeTokens(Path file) throws IOException {
    SecureRandom random = new SecureRandom();
    List<String> lines = new ArrayList<>();
    for (String role : ROLES) {
      byte[] token = new byte[24];
      random.nextBytes(token);
      lines.add(role + " " + HexFormat.of().formatHex(token));
    }
    Files.write(file, lines);
    Files.setPosixFilePermissions(
        file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
  }

  String token(String role) throws IOException {
    return Files.readAllLines(folder.resolve("collectors/tokens"), StandardCharsets.UTF_8).stream()
        .filter(line -> line.startsWith(role + " "))
        .map(line -> line.substring(role.length() + 1))
        .findFirst()
        .orElseThrow();
  }

  String url() {
    return balancer.url();
  }

  PostgresServer postgres() {
    return postgres;
  }

  S3Proxy s3() {
    return s3;
  }

  Balancer balancer() {
    return balancer;
  }

  List<CollectorNode> collectors() {
    return collectors;
  }

  /** Ends all processes at once. */
  void kill() {
    if (balancer != null) {
      balancer.close();
    }
    collectors.forEach(CollectorNode::end);
    s3.kill();
    postgres.close();
  }

  @Override
  public void close() throws IOException {
    if (balancer != null) {
      balancer.close();
    }
    for (CollectorNode each : collectors) {
      each.close();
    }
    s3.close();
    postgres.close();
  }
}
