import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.SocketFactory;

/** The collector: uploads over tus, and the seal, which its last answer acknowledges. */
final class WhorlServer implements Server {
  private static final String TUS = "1.0.0";

  private final SocketFactory sockets;
  private final int port;
  private final int chunkBytes;
  private final ServerProcess process;
  private final AtomicLong sealed = new AtomicLong();

  /**
   * @param chunkBytes of the agent's chunks, the first with its checksum; 0 for each file at once,
   *     without
   */
  WhorlServer(
      SocketFactory sockets, int port, int chunkBytes, Path log, List<String> command)
      throws IOException, InterruptedException {
    this.sockets = sockets;
    this.port = port;
    this.chunkBytes = chunkBytes;
    process = ServerProcess.start(log, command);
    process.await(this::answers);
  }

  @Override
  public void take(HttpConnection connection, Load load) throws IOException {
    List<Load.Part> all = new ArrayList<>(load.parts);
    all.add(load.manifest);
    all.add(load.envelope);
    for (Load.Part part : all) {
      upload(connection, load, part);
    }
    sealed.incrementAndGet();
  }

  private void upload(HttpConnection connection, Load load, Load.Part part) throws IOException {
    Map<String, String> headers = headers();
    headers.put("Upload-Length", "" + part.bytes().length);
    headers.put(
        "Upload-Metadata",
        pair("agent", Load.agent().value())
            + ","
            + pair("capture", load.capture.value())
            + ","
            + pair("evidence", load.evidence.value())
            + ","
            + pair("artifact", part.name().value()));
    String location =
        connection.send("POST", "/agent/v1/uploads", headers).good().headers().get("location");
    String path = location.substring(location.indexOf("/agent/"));
    int length = part.bytes().length;
    int each = chunkBytes == 0 ? length : chunkBytes;
    for (int at = 0; at < length; at += each) {
      Map<String, String> chunk = headers();
      chunk.put("Upload-Offset", "" + at);
      chunk.put("Content-Type", "application/offset+octet-stream");
      if (chunkBytes > 0 && at == 0) {
        chunk.put("Upload-Checksum", part.checksum());
      }
      connection
          .send("PATCH", path, chunk, part.bytes(), at, Math.min(each, length - at))
          .good();
    }
  }

  @Override
  public HttpConnection connect() throws IOException {
    return HttpConnection.open(sockets, port);
  }

  /** Without the index's, which is made after the evidence was acknowledged, in other processes. */
  @Override
  public double cpuSeconds() throws IOException {
    return process.cpuSeconds();
  }

  /** The index shall not run while another server is measured. */
  @Override
  public void settle() throws IOException, InterruptedException {
    try (HttpConnection connection = connect()) {
      while (indexed(connection) < sealed.get()) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  @Override
  public void close() {
    process.close();
  }

  private static double indexed(HttpConnection connection) throws IOException {
    double indexed = 0;
    for (String line : connection.send("GET", "/metrics", Map.of()).good().body().split("\n")) {
      if (line.startsWith("whorl_indexed_total{")) {
        indexed += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
      }
    }
    return indexed;
  }

  private boolean answers() {
    try (HttpConnection connection = connect()) {
      return connection.send("GET", "/readyz", Map.of()).status() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>();
    headers.put("Authorization", "Bearer " + Collector.AGENT);
    headers.put("Tus-Resumable", TUS);
    return headers;
  }

  private static String pair(String key, String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return key + " " + Base64.getEncoder().encodeToString(utf8);
  }
}
