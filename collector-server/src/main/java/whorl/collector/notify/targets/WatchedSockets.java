package whorl.collector.notify.targets;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;

/** Sockets that are closed when a delivery takes too long in all. */
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

  /** Sockets with TLS, also on top of one that is connected. */
  static SSLSocketFactory tls(SSLSocketFactory factory, Deadline deadline) {
    return new Tls(factory, deadline);
  }

  private static <S extends Socket> S watched(S socket, Deadline deadline) throws IOException {
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

  private static final class Tls extends SSLSocketFactory {
    private final SSLSocketFactory factory;
    private final Deadline deadline;

    Tls(SSLSocketFactory factory, Deadline deadline) {
      this.factory = factory;
      this.deadline = deadline;
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return factory.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return factory.getSupportedCipherSuites();
    }

    /** The connection below is watched already. */
    @Override
    public Socket createSocket(Socket below, String host, int port, boolean closeBelow)
        throws IOException {
      return factory.createSocket(below, host, port, closeBelow);
    }

    @Override
    public Socket createSocket() throws IOException {
      return watched(factory.createSocket(), deadline);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      return watched(factory.createSocket(host, port), deadline);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort)
        throws IOException {
      return watched(factory.createSocket(host, port, local, localPort), deadline);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      return watched(factory.createSocket(host, port), deadline);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
        throws IOException {
      return watched(factory.createSocket(host, port, local, localPort), deadline);
    }
  }
}
