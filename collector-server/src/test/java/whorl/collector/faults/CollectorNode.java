package whorl.collector.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.objects.s3.S3Buckets;
import whorl.collector.testkit.TestJvm;

/** One of the collectors: the packaged jar, with a faulty line on each side of it. */
final class CollectorNode implements AutoCloseable {
  private static final Path JAR = Path.of("target/whorl-collector.jar").toAbsolutePath();
  private static final Path FAKE_CLOCK =
      Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");
  private static final Duration START = Duration.ofSeconds(240);
  private static final int HEAP_MIB = 384;
  private static final int READY_MILLIS = 2_000;

  private final String name;
  private final Path folder;
  private final int port;
  private final ServerProcess process;
  private final @Nullable OwnDisk disk;
  private final @Nullable FaultyLine database;
  private final @Nullable FaultyLine objects;
  private final FaultyLine clients;
  private volatile int clockDays;
  private volatile boolean ended;

  /**
   * @param postgres its port; 0 if the collector keeps everything in its folder
   * @param s3 its port; 0 likewise
   */
  CollectorNode(String name, Path root, int postgres, int s3, Tally tally) throws IOException {
    this.name = name;
    this.folder = Files.createDirectories(root.resolve(name));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    this.disk = OwnDisk.isPossible() ? OwnDisk.on(folder, "0700") : null;
    this.port = ServerProcess.freePort();
    this.process = new ServerProcess(name, root.resolve(name + ".log"));
    this.database = postgres == 0 ? null : new FaultyLine(name + "-postgres", postgres, tally);
    this.objects = s3 == 0 ? null : new FaultyLine(name + "-s3", s3, tally);
    this.clients = new FaultyLine(name + "-clients", port, tally);
  }

  static boolean isBuilt() {
    return Files.isRegularFile(JAR);
  }

  static boolean canFakeClocks() {
    return Files.isReadable(FAKE_CLOCK);
  }

  String name() {
    return name;
  }

  FaultyLine database() {
    return Objects.requireNonNull(database, "its records are in its folder");
  }

  FaultyLine objects() {
    return Objects.requireNonNull(objects, "its evidence is in its folder");
  }

  OwnDisk disk() {
    return Objects.requireNonNull(disk, "no file system can be mounted here");
  }

  /** The line from the balancer. */
  FaultyLine clients() {
    return clients;
  }

  /** The collector itself, without a line. */
  String url() {
    return "http://127.0.0.1:" + port;
  }

  Path log() {
    return process.log();
  }

  Path folder() {
    return folder;
  }

  /** How many days its clock is off from now on; takes effect at the next start. */
  void clockDays(int days) {
    clockDays = days;
  }

  void start() throws IOException {
    if (ended) {
      return;
    }
    List<String> command =
        new ArrayList<>(
            TestJvm.quick(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP_MIB + "m",
                "-jar",
                JAR.toString(),
                "serve",
                "--listen",
                "127.0.0.1:" + port,
                "--data",
                folder.toString(),
                "--tokens",
                folder.resolveSibling("tokens").toString(),
                "--custody-key",
                folder.resolveSibling("log.key").toString(),
                "--storm",
                "99999/1s"));
    Map<String, String> environment = new HashMap<>();
    if (database != null && objects != null) {
      command.addAll(
          List.of(
              "--records",
              "jdbc:postgresql://127.0.0.1:" + database.port() + "/" + PostgresServer.DATABASE,
              "--objects",
              "s3://" + S3Proxy.BUCKET + "/whorl?endpoint=http://127.0.0.1:" + objects.port(),
              "--cache-size",
              "256MiB"));
      environment.put("WHORL_RECORDS_USER", PostgresServer.USER);
      environment.put("AWS_ACCESS_KEY_ID", S3Buckets.ACCESS_KEY);
      environment.put("AWS_SECRET_ACCESS_KEY", S3Buckets.SECRET_KEY);
      environment.put("AWS_REGION", "us-east-1");
    }
    if (clockDays != 0) {
      environment.put("LD_PRELOAD", FAKE_CLOCK.toString());
      environment.put("FAKETIME", (clockDays > 0 ? "+" : "") + clockDays + "d");
      environment.put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
      environment.put("FAKETIME_FORCE_MONOTONIC_FIX", "0"); // else each timed wait ends at once
    }
    process.start(command, environment, folder);
  }

  /** Waits until it is ready. */
  void await() throws IOException {
    process.await(this::isReady, START);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** True if it says that it can receive evidence. */
  boolean isReady() {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(url() + "/readyz").toURL().openConnection();
      connection.setConnectTimeout(READY_MILLIS);
      connection.setReadTimeout(READY_MILLIS);
      return connection.getResponseCode() == 200;
    } catch (IOException away) {
      return false;
    }
  }

  void kill() {
    process.kill();
  }

  /** As {@link #kill}, and it is not started again; its folder goes too. */
  void end() {
    ended = true;
    process.kill();
    try {
      closeDisk();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void stop() {
    process.stop();
  }

  /** Stands still, as in a long garbage collection or on a suspended machine. */
  void suspend() throws IOException {
    process.signal("STOP");
  }

  void resume() throws IOException {
    process.signal("CONT");
  }

  long residentMiB() {
    return process.isAlive() ? process.residentMiB() : 0;
  }

  /** No fault is left on its lines. */
  void repair() {
    for (FaultyLine line : lines()) {
      line.set(FaultyLine.Condition.SOUND);
      line.resetAfter(Long.MAX_VALUE);
    }
  }

  private List<FaultyLine> lines() {
    return Stream.of(database, objects, clients).filter(Objects::nonNull).toList();
  }

  @Override
  public void close() throws IOException {
    process.stop();
    for (FaultyLine line : lines()) {
      line.close();
    }
    closeDisk();
  }

  private void closeDisk() throws IOException {
    if (disk != null) {
      disk.close();
    }
  }
}
