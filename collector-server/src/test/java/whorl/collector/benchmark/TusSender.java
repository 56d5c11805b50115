package whorl.collector.benchmark;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** Sends files as an agent does, over one connection, at as little cost as can be. */
final class TusSender implements AutoCloseable {
  private static final Map<Path, String> KNOWN = new ConcurrentHashMap<>();
  private static final Map<Path, Shipment> SHIPMENTS = new ConcurrentHashMap<>();

  private final SocketChannel channel;
  private final InputStream in;
  private final String host;
  private final String token;

  /**
   * The evidence that a file is sent as, each time as a further artifact: a collector receives a
   * bounded number of pieces of evidence at once, and none of these is ever sealed.
   */
  private record Shipment(Id agent, Id capture, Id evidence, AtomicInteger artifacts) {
    static Shipment begin(Path file) {
      return new Shipment(id(), id(), id(), new AtomicInteger());
    }

    private static Id id() {
      return Id.next(InstantSource.system());
    }
  }

  TusSender(URI collector, String token) throws IOException {
    this.channel = SocketChannel.open();
    this.token = token;
    this.host = collector.getHost() + ":" + collector.getPort();
    Socket socket = channel.socket();
    socket.setTcpNoDelay(true);
    channel.connect(new java.net.InetSocketAddress(collector.getHost(), collector.getPort()));
    this.in = new BufferedInputStream(channel.socket().getInputStream());
  }

  private record Answer(int status, Map<String, String> headers, String body) {}

  /**
   * Sends a file as an artifact of evidence of its own.
   *
   * @param firstBytes of the first chunk; each following one ends at a multiple of its own size,
   *     which grows up to {@code chunkBytes}
   * @param streamed 0, or how many chunks are sent before the answer to the first of them, as of a
   *     heap that is being dumped; its length comes with the last chunk
   */
  void send(Path file, long firstBytes, long chunkBytes, int streamed) throws IOException {
    try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = from.size();
      Shipment shipment = SHIPMENTS.computeIfAbsent(file, Shipment::begin);
      String metadata =
          pair("agent", shipment.agent().value())
              + ","
              + pair("capture", shipment.capture().value())
              + ","
              + pair("evidence", shipment.evidence().value())
              + ","
              + pair("artifact", "heap-" + shipment.artifacts().incrementAndGet() + ".hprof.gz")
              + ","
              + pair("mediaType", "application/octet-stream");
      write(
          head("POST", "/agent/v1/uploads", 0)
              + (streamed > 0 ? "Upload-Defer-Length: 1\r\n" : "Upload-Length: " + size + "\r\n")
              + "Upload-Metadata: "
              + metadata
              + "\r\n\r\n");
      String path = URI.create(good().headers().get("location")).getPath();
      long chunk = Math.min(firstBytes, chunkBytes);
      int underWay = 0;
      for (long at = 0; at < size; ) {
        long length = Math.min(chunk - at % chunk, size - at);
        StringBuilder head = new StringBuilder(head("PATCH", path, length));
        head.append("Content-Type: application/offset+octet-stream\r\nUpload-Offset: ").append(at);
        head.append("\r\n");
        if (at == 0 && streamed == 0 && length < size) {
          head.append("Upload-Checksum: sha256 ").append(sha256(from, length)).append("\r\n");
        }
        if (at == 0 && streamed == 0 && length == size) {
          head.append("Repr-Digest: sha-256=:").append(known(file, from)).append(":\r\n");
        }
        if (streamed > 0 && at + length == size) {
          head.append("Upload-Length: ").append(size).append("\r\n");
        }
        write(head.append("\r\n").toString());
        for (long sent = 0; sent < length; ) {
          sent += from.transferTo(at + sent, length - sent, channel);
        }
        for (underWay++; underWay >= Math.max(1, streamed); underWay--) {
          good();
        }
        at += length;
        chunk = Math.min(chunkBytes, chunk * (streamed > 0 ? 2 : 4));
      }
      for (; underWay > 0; underWay--) {
        good();
      }
    }
  }

  private String head(String method, String path, long length) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: "
        + host
        + "\r\nAuthorization: Bearer "
        + token
        + "\r\nTus-Resumable: 1.0.0\r\nContent-Length: "
        + length
        + "\r\n";
  }

  private static String sha256(FileChannel from, long length) throws IOException {
    MessageDigest digest = Digest.newSha256();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
    for (long at = 0; at < length; ) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), length - at));
      at += from.read(buffer, at);
      digest.update(buffer.flip());
    }
    return Base64.getEncoder().encodeToString(digest.digest());
  }

  /** An agent knows the digest since it made the artifact. */
  private static String known(Path file, FileChannel from) throws IOException {
    String digest = KNOWN.get(file);
    if (digest == null) {
      digest = sha256(from, from.size());
      KNOWN.put(file, digest);
    }
    return digest;
  }

  private static String pair(String key, String value) {
    return key + " " + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
  }

  private void write(String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private Answer good() throws IOException {
    String status = line();
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    Answer answer = new Answer(Integer.parseInt(status.split(" ", 3)[1]), headers, body);
    if (answer.status() >= 300) {
      throw new IOException(status + ": " + body);
    }
    return answer;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the collector closed the connection");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
