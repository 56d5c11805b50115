package whorl.collector.notify.targets;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;

/** Sockets that are closed when a delivery takes too long in all. */
final class WatchedSockets {
  private WatchedSockets() {}

  /** Sockets without TLS. */
  static SocketFactory plain(Deadline deadline) {
    return new Plain(deadline);
  }

  /** Sockets with TLS, also on top of one that is connected. */
  static SSLSocketFactory tls(SSLSocketFactory factory, Deadline deadline) {
    return new Tls(factory, deadline);
  }

  private static <S extends Socket> S watched(S socket, Deadline deadline) throws IOException {
    deadline.watch(socket);
    return socket;
  }

  private static final class Plain extends SocketFactory {
    private final Deadline deadline;

    Plain(Deadline deadline) {
      this.deadline = deadline;
    }

    @Override
    public Socket createSocket() throws IOException {
      return watched(new Socket(), deadline);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      return watched(new Socket(host, port), deadline);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort)
        throws IOException {
      return watched(new Socket(host, port, local, localPort), deadline);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      return watched(new Socket(host, port), deadline);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
        throws IOException {
      return watched(new Socket(host, port, local, localPort), deadline);
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
