import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.SocketFactory;

/** nginx and @tus/server: they store, and a {@link Finisher} does what is left. */
final class PlainServer implements Server {
  private static final String TUS = "1.0.0";

  private final Way way;
  private final SocketFactory sockets;
  private final int port;
  private final Path files;
  private final ServerProcess process;
  private final List<Long> pids = new ArrayList<>();
  private final List<Finisher> idle = new ArrayList<>();
  private final List<Finisher> all = new ArrayList<>();

  /**
   * @param files the folder in which the server keeps what it is sent
   */
  PlainServer(
      Way way, SocketFactory sockets, int port, Path files, Path log, List<String> command)
      throws IOException, InterruptedException {
    this.way = way;
    this.sockets = sockets;
    this.port = port;
    this.files = files;
    process = ServerProcess.start(log, command);
    process.await(this::answers);
    pids.add(process.pid());
    ProcessHandle.of(process.pid()).stream()
        .flatMap(ProcessHandle::descendants)
        .forEach(worker -> pids.add(worker.pid()));
  }

  @Override
  public void take(HttpConnection connection, Load load) throws IOException {
    List<Path> stored = new ArrayList<>();
    long bytes = 0;
    for (Load.Part part : load.parts) {
      String name = part.name().value().replace('/', '-');
      stored.add(
          files.resolve(way == Way.NGINX ? put(connection, name, part) : tus(connection, part)));
      bytes += part.bytes().length;
      if (bytes >= Ingest.LOAD_BYTES) {
        finish(stored);
        stored.clear();
        bytes = 0;
      }
    }
    if (!stored.isEmpty()) {
      finish(stored);
    }
  }

  private void finish(List<Path> stored) throws IOException {
    Finisher finisher = finisher();
    finisher.finish(files, stored);
    synchronized (idle) {
      idle.add(finisher);
    }
  }

  private static String put(HttpConnection connection, String name, Load.Part part)
      throws IOException {
    connection
        .send("PUT", "/" + name, Map.of(), part.bytes(), 0, part.bytes().length)
        .good();
    return name;
  }

  private static String tus(HttpConnection connection, Load.Part part) throws IOException {
    String location =
        connection
            .send(
                "POST",
                "/files",
                Map.of("Tus-Resumable", TUS, "Upload-Length", "" + part.bytes().length))
            .good()
            .headers()
            .get("location");
    String id = location.substring(location.lastIndexOf('/') + 1);
    connection
        .send(
            "PATCH",
            "/files/" + id,
            Map.of(
                "Tus-Resumable", TUS,
                "Upload-Offset", "0",
                "Content-Type", "application/offset+octet-stream"),
            part.bytes(),
            0,
            part.bytes().length)
        .good();
    return id;
  }

  @Override
  public HttpConnection connect() throws IOException {
    return HttpConnection.open(sockets, port);
  }

  @Override
  public double cpuSeconds() throws IOException {
    double seconds = 0;
    for (long pid : pids) {
      seconds += ServerProcess.cpuSeconds(pid, false);
    }
    for (Finisher each : all) {
      seconds += each.cpuSeconds();
    }
    return seconds;
  }

  @Override
  public void settle() throws IOException {
    try (Stream<Path> stored = Files.list(files)) {
      for (Path file : stored.toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void close() {
    all.forEach(Finisher::close);
    process.close();
  }

  private Finisher finisher() throws IOException {
    synchronized (idle) {
      if (!idle.isEmpty()) {
        return idle.remove(idle.size() - 1);
      }
      Finisher made = new Finisher();
      all.add(made);
      return made;
    }
  }

  private boolean answers() {
    try (HttpConnection connection = connect()) {
      return connection.send("OPTIONS", "/files", Map.of("Tus-Resumable", TUS)).status() > 0;
    } catch (IOException notYet) {
      return false;
    }
  }
}
