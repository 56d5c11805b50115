package whorl.collector.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Talks to a collector from an address of its own, a connection for each request. */
public final class SocketCaller implements Caller {
  private static final int TIMEOUT_MILLIS = (int) Duration.ofSeconds(60).toMillis();

  private final URI collector;
  private final InetAddress from;
  private final String token;

  public SocketCaller(String url, String token, InetAddress from) {
    this.collector = URI.create(url);
    this.token = token;
    this.from = from;
  }

  /** A connection from an address to a collector. */
  public static Socket connect(URI collector, InetAddress from) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(from, 0));
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(new InetSocketAddress(collector.getHost(), collector.getPort()), TIMEOUT_MILLIS);
    return socket;
  }

  @Override
  public Answer call(String method, String target, Map<String, String> headers, byte[] body) {
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    head.append("Host: ").append(collector.getAuthority()).append("\r\nConnection: close\r\n");
    head.append("Authorization: Bearer ").append(token).append("\r\n");
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    try (Socket socket = connect(collector, from)) {
      OutputStream out = socket.getOutputStream();
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
      request.write(body);
      out.write(request.toByteArray());
      return answer(socket.getInputStream().readAllBytes());
    } catch (IOException e) {
      return new Answer(0, Map.of(), String.valueOf(e).getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Status 0 where there was none. */
  private static Answer answer(byte[] bytes) throws IOException {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      return new Answer(0, Map.of(), bytes);
    }
    String[] lines = text.substring(0, end).split("\r\n");
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      headers.put(lines[i].substring(0, colon), lines[i].substring(colon + 1).strip());
    }
    byte[] body = text.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1);
    return new Answer(Integer.parseInt(lines[0].split(" ")[1]), headers, body);
  }
}
