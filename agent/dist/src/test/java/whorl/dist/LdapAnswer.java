package whorl.dist;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A directory on the loopback address that answers every search with one entry: a reference to a
 * factory whose code base is an address where nothing listens. Just enough of LDAP (RFC 4511) for
 * the JDK's client.
 */
final class LdapAnswer implements AutoCloseable {
  static final String FACTORY = "no.such.Factory";
  static final String CODEBASE = "http://127.0.0.1:9/";

  private static final int BIND = 0x60;
  private static final int SEARCH = 0x63;
  private static final int UNBIND = 0x42;

  private final ServerSocket server;

  LdapAnswer() throws IOException {
    server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "ldap-answer");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        converse(client);
      } catch (IOException e) {
        // The client has gone, or the test has ended.
      }
    }
  }

  private static void converse(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    while (in.read() == 0x30) {
      byte[] message = in.readNBytes(length(in));
      byte[] id = new byte[2 + message[1]];
      System.arraycopy(message, 0, id, 0, id.length);
      int operation = message[id.length] & 0xff;
      if (operation == BIND) {
        client.getOutputStream().write(message(id, result(0x61)));
      } else if (operation == SEARCH) {
        client.getOutputStream().write(message(id, entry()));
        client.getOutputStream().write(message(id, result(0x65)));
      } else if (operation == UNBIND) {
        return;
      }
    }
  }

  private static int length(InputStream in) throws IOException {
    int first = in.read();
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = length << 8 | in.read();
    }
    return length;
  }

  private static byte[] message(byte[] id, byte[] operation) {
    return tagged(0x30, joined(id, operation));
  }

  private static byte[] result(int tag) {
    return tagged(tag, joined(tagged(0x0a, new byte[] {0}), text(""), text("")));
  }

  private static byte[] entry() {
    byte[] attributes =
        joined(
            attribute("objectClass", "javaNamingReference"),
            attribute("javaClassName", "no.such.Thing"),
            attribute("javaFactory", FACTORY),
            attribute("javaCodebase", CODEBASE));
    return tagged(0x64, joined(text("cn=x"), tagged(0x30, attributes)));
  }

  private static byte[] attribute(String name, String value) {
    return tagged(0x30, joined(text(name), tagged(0x31, text(value))));
  }

  private static byte[] text(String text) {
    return tagged(0x04, text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] tagged(int tag, byte[] content) {
    byte[] length =
        content.length < 0x80
            ? new byte[] {(byte) content.length}
            : new byte[] {(byte) 0x82, (byte) (content.length >> 8), (byte) content.length};
    return joined(new byte[] {(byte) tag}, length, content);
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
