import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.SocketFactory;

/** HTTP/1.1 with one connection, one request after the other; the same for all servers. */
final class HttpConnection implements AutoCloseable {
  private static final byte[] NOTHING = {};

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  private HttpConnection(Socket socket) throws IOException {
    this.socket = socket;
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  static HttpConnection open(SocketFactory sockets, int port) throws IOException {
    Socket socket = sockets.createSocket("127.0.0.1", port);
    socket.setTcpNoDelay(true);
    return new HttpConnection(socket);
  }

  /** What came back; header names are in lower case. */
  record Answer(int status, Map<String, String> headers, String body) {
    /** Throws when the status is none of the good ones. */
    Answer good() throws IOException {
      if (status < 200 || status > 299) {
        throw new IOException("answered " + status + ": " + body);
      }
      return this;
    }
  }

  Answer send(String method, String path, Map<String, String> headers) throws IOException {
    return send(method, path, headers, NOTHING, 0, 0);
  }

  Answer send(
      String method, String path, Map<String, String> headers, byte[] body, int offset, int length)
      throws IOException {
    StringBuilder head = new StringBuilder(256);
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: localhost\r\n");
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    head.append("Content-Length: ").append(length).append("\r\n\r\n");
    out.write(head.toString().getBytes(StandardCharsets.US_ASCII));
    out.write(body, offset, length);
    out.flush();
    return answer();
  }

  private Answer answer() throws IOException {
    int status = Integer.parseInt(line().split(" ")[1]);
    Map<String, String> headers = new TreeMap<>();
    for (String header = line(); !header.isEmpty(); header = line()) {
      int colon = header.indexOf(':');
      headers.put(
          header.substring(0, colon).toLowerCase(Locale.ROOT), header.substring(colon + 1).strip());
    }
    return new Answer(status, headers, status == 204 ? "" : body(headers));
  }

  private String body(Map<String, String> headers) throws IOException {
    if (!"chunked".equals(headers.get("transfer-encoding"))) {
      int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
      return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
    StringBuilder body = new StringBuilder();
    int chunk;
    do {
      chunk = Integer.parseInt(line().strip(), 16);
      body.append(new String(in.readNBytes(chunk), StandardCharsets.UTF_8));
      line();
    } while (chunk > 0);
    return body.toString();
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the server hung up");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
