package whorl.collector.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server that keeps its data over kills: Debian's, or else the tests' own binaries.
 */
final class PostgresServer implements AutoCloseable {
  static final String DATABASE = "whorl";
  static final String USER = "whorl";
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final Duration START = Duration.ofSeconds(120);

  private final Path binaries;
  private final Path folder;
  private final Path home;
  private final @Nullable OwnDisk disk;
  private final int port;
  private final ServerProcess process;

  /**
   * @param home of the cluster: the user that PostgreSQL runs as may not enter {@code folder}
   */
  private PostgresServer(Path binaries, Path folder, Path home, @Nullable OwnDisk disk, int port) {
    this.disk = disk;
    this.binaries = binaries;
    this.folder = folder;
    this.home = home;
    this.port = port;
    this.process = new ServerProcess("PostgreSQL", folder.resolve("postgres.log"));
  }

  /** Makes a cluster with a database and starts it. */
  static PostgresServer create(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path home = Files.createTempDirectory("whorl-postgres");
    OwnDisk disk = OwnDisk.isPossible() ? OwnDisk.on(home, "0755") : null;
    PostgresServer server =
        new PostgresServer(binaries(home), folder, home, disk, ServerProcess.freePort());
    if (isRoot()) {
      ServerProcess.run(List.of("chown", "-R", owner(), home.toString()), Duration.ofSeconds(10));
    }
    server.run(
        "initdb",
        "-D",
        server.data().toString(),
        "-U",
        USER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C");
    server.start();
    server.query("postgres", "CREATE DATABASE " + DATABASE);
    return server;
  }

  int port() {
    return port;
  }

  OwnDisk disk() {
    return Objects.requireNonNull(disk, "no file system can be mounted here");
  }

  boolean isAlive() {
    return process.isAlive();
  }

  private Path data() {
    return home.resolve("cluster");
  }

  void start() throws IOException {
    List<String> command = new ArrayList<>(asOwner());
    command.addAll(
        List.of(
            binaries.resolve("postgres").toString(),
            "-D",
            data().toString(),
            "-p",
            Integer.toString(port),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-c",
            "max_connections=100"));
    IOException last = null;
    for (int attempt = 0; attempt < 20; attempt++) {
      try {
        process.start(command, Map.of(), folder);
        process.await(this::answers, START);
        return;
      } catch (IOException notYet) {
        last = notYet; // processes of the one that was killed may still hold the shared memory
        process.kill();
        ServerProcess.pause(500);
      }
    }
    throw last;
  }

  /** Ends it: {@code INT} in order, {@code QUIT} at once, {@code KILL} like a loss of power. */
  void end(String signal) throws IOException {
    process.signal(signal);
    process.awaitEnd();
  }

  private boolean answers() {
    try {
      query("postgres", "SELECT 1");
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** What a statement returns, as lines of values with a bar between them. */
  List<String> query(String sql) throws IOException {
    return query(DATABASE, sql);
  }

  private List<String> query(String database, String sql) throws IOException {
    String url =
        "jdbc:postgresql://127.0.0.1:"
            + port
            + "/"
            + database
            + "?connectTimeout=5&socketTimeout=30";
    try (Connection connection = DriverManager.getConnection(url, USER, null);
        Statement statement = connection.createStatement()) {
      List<String> lines = new ArrayList<>();
      if (statement.execute(sql)) {
        ResultSet rows = statement.getResultSet();
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
          List<String> values = new ArrayList<>();
          for (int i = 1; i <= columns; i++) {
            values.add(String.valueOf(rows.getString(i)));
          }
          lines.add(String.join("|", values));
        }
      }
      return lines;
    } catch (SQLException e) {
      throw new IOException(sql + ": " + e.getMessage(), e);
    }
  }

  private String run(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(asOwner());
    command.add(binaries.resolve(program).toString());
    command.addAll(List.of(arguments));
    return ServerProcess.run(command, START);
  }

  /** PostgreSQL does not run as root. */
  private static List<String> asOwner() {
    return isRoot() ? List.of("setpriv", "--reuid=" + owner(), "--clear-groups", "--") : List.of();
  }

  private static String owner() {
    try {
      ServerProcess.run(List.of("id", "postgres"), Duration.ofSeconds(5));
      return "postgres";
    } catch (IOException none) {
      return "nobody";
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static Path binaries(Path folder) throws IOException {
    if (Files.isDirectory(DEBIAN)) {
      try (Stream<Path> versions = Files.list(DEBIAN)) {
        Optional<Path> newest =
            versions
                .filter(each -> Files.isExecutable(each.resolve("bin/postgres")))
                .max(Comparator.comparing(each -> Integer.parseInt(each.getFileName().toString())));
        if (newest.isPresent()) {
          return newest.get().resolve("bin");
        }
      }
    }
    return unpacked(folder.resolve("binaries"));
  }

  /** The binaries that the other tests use. */
  private static Path unpacked(Path into) throws IOException {
    Files.createDirectories(into);
    Path archive = into.resolve("postgres.txz");
    try (InputStream in = PostgresServer.class.getResourceAsStream("/postgres-linux-x86_64.txz")) {
      if (in == null) {
        throw new IOException("no PostgreSQL in " + DEBIAN + ", and none for this processor");
      }
      Files.copy(in, archive, StandardCopyOption.REPLACE_EXISTING);
    }
    ServerProcess.run(List.of("tar", "-xJf", archive.toString(), "-C", into.toString()), START);
    return into.resolve("bin");
  }

  @Override
  public void close() {
    process.stop();
    try {
      if (disk != null) {
        disk.close();
      }
      ServerProcess.run(List.of("rm", "-rf", home.toString()), Duration.ofSeconds(60));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
