import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.net.SocketFactory;

/** Sends the same files to each server in turn, round after round, and prints what it cost. */
public final class Ingest {
  private static final int MEBIBYTE = 1 << 20;

  /** A recording of default size. */
  static final int LOAD_BYTES = 24 * MEBIBYTE;

  private static final int CHUNK_BYTES = MEBIBYTE;
  private static final int WARM_UP_LOADS = 12;
  private static final int SMALL_LOADS = 40;
  private static final int SMALL_FILES = 500;
  private static final int SMALL_BYTES = 16 << 10;

  private final Path work;
  private final Collector collector;
  private final Collector before;
  private final boolean tls;
  private final Map<Way, Server> servers = new EnumMap<>(Way.class);
  private final Figures figures = new Figures();
  private final SplittableRandom random = new SplittableRandom(1);

  private Ingest(Path work, Collector collector, Collector before, boolean tls) {
    this.work = work;
    this.collector = collector;
    this.before = before;
    this.tls = tls;
  }

  /** What is sent: files of this size, to so many connections at once. */
  private record Shape(int fileBytes, int lanes) {
    String named(String figure) {
      return "%2d MiB, %d at once: %s".formatted(fileBytes / MEBIBYTE, lanes, figure);
    }
  }

  /**
   * Arguments: work folder, jar, JDK, plain or tls, rounds, loads of each run, sizes, lanes, ways,
   * and the jar of another version.
   */
  public static void main(String[] arguments) throws Exception {
    Path work = Path.of(arguments[0]);
    Path java = Path.of(arguments[2]);
    Path keys = work.resolve("tls-files");
    Ingest ingest =
        new Ingest(
            work,
            new Collector(java, Path.of(arguments[1]), keys),
            new Collector(java, Path.of(arguments[9]), keys),
            arguments[3].equals("tls"));
    int rounds = Integer.parseInt(arguments[4]);
    int loads = Integer.parseInt(arguments[5]);
    List<Shape> shapes = shapes(arguments[6], arguments[7]);
    List<Way> ways =
        Stream.of(arguments[8].split(",")).map(String::toUpperCase).map(Way::valueOf).toList();
    try {
      for (Way way : ways) {
        ingest.servers.put(way, ingest.start(way));
        ingest.warmUp(way);
      }
      for (int round = 1; round <= rounds; round++) {
        List<Way> order = new ArrayList<>(ways);
        Collections.rotate(order, round);
        for (Shape shape : shapes) {
          for (Way way : order) {
            ingest.run(way, shape, loads);
          }
        }
        System.err.printf("%s, round %d of %d%n", arguments[3], round, rounds);
      }
      ingest.figures.print(ways.stream().map(Way::label).toList());
    } finally {
      ingest.servers.values().forEach(Server::close);
    }
  }

  private static List<Shape> shapes(String mebibytes, String lanes) {
    List<Shape> shapes = new ArrayList<>();
    for (String each : mebibytes.split(",")) {
      for (String atOnce : lanes.split(",")) {
        shapes.add(new Shape(Integer.parseInt(each) * MEBIBYTE, Integer.parseInt(atOnce)));
      }
    }
    return shapes;
  }

  /**
   * What compiles itself has done most of it afterwards: first what a request takes, for which
   * there must be tens of thousands, then what its bytes take.
   */
  private void warmUp(Way way) throws Exception {
    Server server = servers.get(way);
    for (int i = 0; i < SMALL_LOADS; i++) {
      send(server, List.of(new Load(SMALL_FILES, SMALL_BYTES, CHUNK_BYTES, random)));
    }
    for (int i = 0; i < WARM_UP_LOADS; i++) {
      int fileBytes = i % 2 == 0 ? LOAD_BYTES : MEBIBYTE;
      send(server, List.of(new Load(8 * LOAD_BYTES / fileBytes, fileBytes, CHUNK_BYTES, random)));
    }
    server.settle();
  }

  private void run(Way way, Shape shape, int loads) throws Exception {
    Server server = servers.get(way);
    int files = loads * (LOAD_BYTES / shape.fileBytes()) / shape.lanes();
    List<Load> all = new ArrayList<>();
    for (int lane = 0; lane < shape.lanes(); lane++) {
      all.add(new Load(files, shape.fileBytes(), CHUNK_BYTES, random));
    }
    double cpu = server.cpuSeconds();
    long began = System.nanoTime();
    send(server, all);
    double seconds = (System.nanoTime() - began) / 1e9;
    cpu = server.cpuSeconds() - cpu;
    server.settle();
    double megabytes = (double) loads * LOAD_BYTES / 1e6;
    figures.add(shape.named("MB/s"), way.label(), megabytes / seconds);
    figures.add(shape.named("CPU s"), way.label(), cpu);
    figures.add(shape.named("MB/s a core"), way.label(), megabytes / cpu);
  }

  /** Each over a connection of its own. */
  private static void send(Server server, List<Load> loads) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(loads.size());
    try {
      List<Future<?>> sent = new ArrayList<>();
      for (Load load : loads) {
        sent.add(
            threads.submit(
                () -> {
                  try (HttpConnection connection = server.connect()) {
                    server.take(connection, load);
                  }
                  return null;
                }));
      }
      for (Future<?> each : sent) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Server start(Way way) throws Exception {
    Path folder =
        Files.createDirectories(
            work.resolve(tls ? "tls" : "plain").resolve(way.label()));
    Path files = Files.createDirectories(folder.resolve("files"));
    Path log = folder.resolve("log");
    int port = Collector.freePort();
    SocketFactory sockets =
        tls ? collector.trusting().getSocketFactory() : SocketFactory.getDefault();
    return switch (way) {
      case NGINX -> new PlainServer(way, sockets, port, files, log, nginx(folder, files, port));
      case TUS -> new PlainServer(way, sockets, port, files, log, tus(files, port));
      case WHORL, WHOLE, BEFORE ->
          new WhorlServer(
              sockets,
              port,
              way == Way.WHOLE ? 0 : CHUNK_BYTES,
              log,
              (way == Way.BEFORE ? before : collector).command(folder, port, tls));
    };
  }

  private List<String> tus(Path files, int port) {
    List<String> command =
        new ArrayList<>(
            List.of("node", work.resolve("npm/tus.mjs").toString(), "" + port, files.toString()));
    if (tls) {
      command.addAll(
          List.of(collector.certificate().toString(), collector.key().toString()));
    }
    return command;
  }

  private List<String> nginx(Path folder, Path files, int port) throws IOException {
    Path configuration = folder.resolve("nginx.conf");
    Files.writeString(
        configuration,
        """
        daemon off;
        user root;
        worker_processes 1;
        pid %1$s/pid;
        error_log %1$s/error.log;
        events { worker_connections 256; }
        http {
          access_log off;
          client_max_body_size 0;
          client_body_buffer_size 128k;
          client_body_temp_path %1$s/body;
          server {
            listen 127.0.0.1:%2$d %3$s;
            root %4$s;
            location / { dav_methods PUT; create_full_put_path on; }
          }
        }
        """
            .formatted(
                folder,
                port,
                tls
                    ? "ssl; ssl_certificate %s; ssl_certificate_key %s"
                        .formatted(collector.certificate(), collector.key())
                    : "",
                files));
    return List.of("nginx", "-p", folder.toString(), "-c", configuration.toString());
  }
}
