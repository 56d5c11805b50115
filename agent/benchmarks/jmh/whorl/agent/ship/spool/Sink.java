package whorl.agent.ship.spool;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** As much of tus as an upload needs: takes what comes over one connection, and keeps nothing. */
final class Sink implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;

  private final ServerSocket server;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final StringBuilder head = new StringBuilder();

  private Sink(ServerSocket server) {
    this.server = server;
  }

  static Sink start() throws IOException {
    Sink sink = new Sink(new ServerSocket(0, 8, InetAddress.getLoopbackAddress()));
    Thread thread = new Thread(sink::serve, "sink");
    thread.setDaemon(true);
    thread.start();
    return sink;
  }

  int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void serve() {
    try (Socket connection = server.accept()) {
      connection.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(connection.getInputStream(), BUFFER_BYTES);
      OutputStream out = connection.getOutputStream();
      while (readHead(in)) {
        long length = number("content-length: ");
        drain(in, length);
        out.write(
            (head.indexOf("POST") == 0
                    ? "HTTP/1.1 201 Created\r\nLocation: /agent/v1/uploads/1\r\nUpload-Offset: 0"
                    : "HTTP/1.1 204 No Content\r\nUpload-Offset: "
                        + (number("upload-offset: ") + length))
                .concat("\r\nContent-Length: 0\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException closed) {
      // The benchmark is over.
    }
  }

  private boolean readHead(InputStream in) throws IOException {
    head.setLength(0);
    int matched = 0;
    while (matched < 4) {
      int octet = in.read();
      if (octet < 0) {
        return false;
      }
      matched = octet == "\r\n\r\n".charAt(matched) ? matched + 1 : octet == '\r' ? 1 : 0;
      head.append((char) octet);
    }
    return true;
  }

  private long number(String header) {
    String text = head.toString();
    String lower = text.toLowerCase();
    int at = lower.indexOf("\r\n" + header);
    if (at < 0) {
      return 0;
    }
    int from = at + 2 + header.length();
    return Long.parseLong(text.substring(from, text.indexOf('\r', from)));
  }

  private void drain(InputStream in, long length) throws IOException {
    for (long left = length; left > 0; ) {
      int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (read < 0) {
        throw new IOException("the request broke off");
      }
      left -= read;
    }
  }
}
