package whorl.collector.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.publish.LogKey;

/**
 * Collectors behind a balancer, on PostgreSQL and S3, each server a process of its own; or one
 * collector that has everything in its folder.
 */
final class Cluster implements AutoCloseable {
  private static final List<String> ROLES =
      List.of("agent", "alert", "viewer", "responder", "admin");

  private final Path folder;
  private final @Nullable PostgresServer postgres;
  private final @Nullable S3Proxy s3;
  private final List<CollectorNode> collectors = new ArrayList<>();
  private @Nullable Balancer balancer;

  private Cluster(Path folder, @Nullable PostgresServer postgres, @Nullable S3Proxy s3) {
    this.folder = folder;
    this.postgres = postgres;
    this.s3 = s3;
  }

  /** What is missing here for a run; empty if nothing is. */
  static Optional<String> missing(boolean embedded) {
    if (!CollectorNode.isBuilt()) {
      return Optional.of("the collector's jar is not built; run mvn package");
    }
    if (!embedded && !S3Proxy.isBuilt()) {
      return Optional.of("the module s3proxy is not built; run mvn verify");
    }
    if (Balancer.program().isEmpty()) {
      return Optional.of("there is no balancer; apt-get install haproxy");
    }
    return Optional.empty();
  }

  static Cluster start(Path folder, boolean embedded, int collectors, Tally tally)
      throws IOException {
    PostgresServer postgres = embedded ? null : PostgresServer.create(folder.resolve("postgres"));
    S3Proxy s3 = embedded ? null : S3Proxy.create(folder.resolve("s3"));
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
    int records = postgres == null ? 0 : postgres.port();
    int objects = s3 == null ? 0 : s3.port();
    for (int i = 1; i <= number; i++) {
      collectors.add(new CollectorNode("collector" + i, root, records, objects, tally));
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
    return balancer().url();
  }

  PostgresServer postgres() {
    return Objects.requireNonNull(postgres, "the collector has its records in its folder");
  }

  S3Proxy s3() {
    return Objects.requireNonNull(s3, "the collector has its evidence in its folder");
  }

  Balancer balancer() {
    return Objects.requireNonNull(balancer, "not started");
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
    if (s3 != null) {
      s3.kill();
    }
    if (postgres != null) {
      postgres.close();
    }
  }

  @Override
  public void close() throws IOException {
    if (balancer != null) {
      balancer.close();
    }
    for (CollectorNode each : collectors) {
      each.close();
    }
    if (s3 != null) {
      s3.close();
    }
    if (postgres != null) {
      postgres.close();
    }
  }
}
