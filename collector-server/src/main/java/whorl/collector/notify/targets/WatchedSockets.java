package whorl.collector.notify.targets;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sockets that are closed when a delivery takes too long in all, and are only ever connected to the
 * address that was checked.
 */
final class WatchedSockets {
  private WatchedSockets() {}

  /**
   * Sockets without TLS.
   *
   * @param address the one that was checked; others are never connected to
   */
  static SocketFactory plain(Deadline deadline, InetAddress address) {
    return new Plain(deadline, address);
  }

  /**
   * Connects with TLS from the beginning to an address that was checked. The mail client's own way
   * finds the address of the name again, and its socket ends neither in time nor after many bytes.
   *
   * @param tls the authorities that the server's certificate may be of; it must be for {@code host}
   * @param stepMillis limit of each read
   * @throws IOException if there is no connection, or the certificate is another one
   */
  static Socket encrypted(
      SSLSocketFactory tls,
      Deadline deadline,
      InetSocketAddress to,
      String host,
      int connectMillis,
      int stepMillis)
      throws IOException {
    Socket below = watched(new Pinned(to.getAddress()), deadline);
    try {
      below.connect(to, connectMillis);
      below.setSoTimeout(stepMillis);
      SSLSocket encrypted = (SSLSocket) tls.createSocket(below, host, to.getPort(), true);
      SSLParameters parameters = encrypted.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 8314, 3.4 and RFC 7817
      encrypted.setSSLParameters(parameters);
      encrypted.startHandshake();
      return encrypted;
    } catch (IOException e) {
      below.close();
      throw new IOException(
          "no connection to " + host + ":" + to.getPort() + ": " + e.getMessage(), e);
    }
  }

  private static Socket watched(Socket socket, Deadline deadline) throws IOException {
    deadline.watch(socket);
    return socket;
  }

  /** A socket that is only ever connected to one address, whatever a name leads to by then. */
  private static final class Pinned extends Socket {
    /** The mail client keeps a line of any length; a mail server says a few hundred bytes. */
    private static final int RECEIVED_MAX_BYTES = 1 << 20;

    private final InetAddress address;

    Pinned(InetAddress address) {
      this.address = address;
    }

    @Override
    public void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
      if (!(endpoint instanceof InetSocketAddress to)) {
        throw new IOException("not an address of IP: " + endpoint);
      }
      super.connect(new InetSocketAddress(address, to.getPort()), timeoutMillis);
    }

    @Override
    public InputStream getInputStream() throws IOException {
      InputStream in = super.getInputStream();
      return new InputStream() {
        private long received;

        @Override
        public int read() throws IOException {
          byte[] one = new byte[1];
          return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int count) throws IOException {
          int read = in.read(bytes, from, count);
          received += Math.max(0, read);
          if (received > RECEIVED_MAX_BYTES) {
            throw new IOException("the server sends more than " + RECEIVED_MAX_BYTES + " bytes");
          }
          return read;
        }

        @Override
        public int available() throws IOException {
          return in.available();
        }

        @Override
        public void close() throws IOException {
          in.close();
        }
      };
    }
  }

  private static final class Plain extends SocketFactory {
    private final Deadline deadline;
    private final InetAddress address;

    Plain(Deadline deadline, InetAddress address) {
      this.deadline = deadline;
      this.address = address;
    }

    @Override
    public Socket createSocket() throws IOException {
      return watched(new Pinned(address), deadline);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      Socket socket = createSocket();
      socket.connect(new InetSocketAddress(address, port));
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort)
        throws IOException {
      Socket socket = createSocket();
      socket.bind(new InetSocketAddress(local, localPort));
      socket.connect(new InetSocketAddress(address, port));
      return socket;
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      return createSocket(host.getHostAddress(), port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
        throws IOException {
      return createSocket(host.getHostAddress(), port, local, localPort);
    }
  }
}
