package whorl.collector.faults;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import whorl.collector.store.objects.s3.S3Buckets;

/**
 * An S3 server over a folder, which keeps its objects over kills. A write that breaks off leaves a
 * file without attributes, and S3Proxy then answers 500 to every list; an object store does not, so
 * such files are deleted after a moment.
 */
final class S3Proxy implements AutoCloseable {
  static final String BUCKET = "whorl-faults";
  private static final Path LIBRARIES = Path.of("s3proxy/target/libraries");
  private static final Duration START = Duration.ofSeconds(180);

  private static final Pattern BEING_WRITTEN =
      Pattern.compile(".*-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final long BROKEN_OFF_MILLIS = 3_000;
  private static final long SWEEP_MILLIS = 1_000;

  private final Path folder;
  private final int port;
  private final ServerProcess process;
  private volatile boolean closed;

  private S3Proxy(Path folder, int port) {
    this.folder = folder;
    this.port = port;
    this.process = new ServerProcess("S3Proxy", folder.resolve("s3proxy.log"));
  }

  /** True if the module with its libraries is built. */
  static boolean isBuilt() {
    return Files.isDirectory(LIBRARIES);
  }

  /** Starts it with an empty bucket. */
  static S3Proxy create(Path folder) throws IOException {
    Path objects = Files.createDirectories(folder.resolve("objects"));
    S3Proxy server = new S3Proxy(folder, ServerProcess.freePort());
    Files.write(
        folder.resolve("s3proxy.conf"),
        List.of(
            "s3proxy.endpoint=http://127.0.0.1:" + server.port,
            "s3proxy.authorization=aws-v2-or-v4",
            "s3proxy.identity=" + S3Buckets.ACCESS_KEY,
            "s3proxy.credential=" + S3Buckets.SECRET_KEY,
            "jclouds.provider=filesystem-nio2",
            "jclouds.filesystem.basedir=" + objects));
    Files.writeString(
        folder.resolve("logback.xml"),
        "<configuration><appender name=\"OUT\""
            + " class=\"ch.qos.logback.core.ConsoleAppender\"><encoder><pattern>%date %level"
            + " %logger %msg%n</pattern></encoder></appender><root level=\"WARN\"><appender-ref"
            + " ref=\"OUT\"/></root></configuration>"); // else it
    // logs
    // each
    // packet
    server.start();
    S3Buckets.create("http://127.0.0.1:" + server.port, BUCKET, false);
    Thread sweeper = new Thread(() -> server.sweep(objects), "s3-sweeper");
    sweeper.setDaemon(true);
    sweeper.start();
    return server;
  }

  private void sweep(Path objects) {
    while (!closed) {
      ServerProcess.pause(SWEEP_MILLIS);
      try {
        Files.walkFileTree(
            objects,
            new SimpleFileVisitor<>() {
              @Override
              public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                  throws IOException {
                long age = System.currentTimeMillis() - attributes.lastModifiedTime().toMillis();
                if (age > BROKEN_OFF_MILLIS
                    && BEING_WRITTEN.matcher(file.getFileName().toString()).matches()
                    && attributesOf(file).isEmpty()) {
                  Files.deleteIfExists(file);
                }
                return FileVisitResult.CONTINUE;
              }

              @Override
              public FileVisitResult visitFileFailed(Path file, IOException gone) {
                return FileVisitResult.CONTINUE;
              }

              @Override
              public FileVisitResult postVisitDirectory(Path directory, IOException gone) {
                return FileVisitResult.CONTINUE;
              }
            });
      } catch (IOException e) {
        System.err.println("not swept, tried again: " + e);
      }
    }
  }

  private static List<String> attributesOf(Path file) throws IOException {
    return Files.getFileAttributeView(file, UserDefinedFileAttributeView.class).list();
  }

  int port() {
    return port;
  }

  void start() throws IOException {
    process.start(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dlogback.configurationFile=" + folder.resolve("logback.xml"),
            "-cp",
            LIBRARIES.toAbsolutePath() + "/*",
            "org.gaul.s3proxy.Main",
            "--properties",
            folder.resolve("s3proxy.conf").toString()),
        Map.of(),
        folder);
    process.await(() -> ServerProcess.accepts(port), START);
  }

  void kill() {
    process.kill();
  }

  void stop() {
    process.stop();
  }

  @Override
  public void close() {
    closed = true;
    process.stop();
  }
}
