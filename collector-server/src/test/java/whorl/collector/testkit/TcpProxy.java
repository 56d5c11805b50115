package whorl.collector.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A network that can be cut: forwards connections on 127.0.0.1 to a server. */
public final class TcpProxy implements AutoCloseable {
  private final int target;
  private final ServerSocket listening;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;

  public TcpProxy(int target) throws IOException {
    this.target = target;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  public int port() {
    return listening.getLocalPort();
  }

  /** Ends all connections, and all new ones at once. */
  public void cut() throws IOException {
    cut = true;
    for (Socket each : open) {
      each.close();
    }
  }

  public void mend() {
    cut = false;
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listening.accept();
      if (cut) {
        client.close();
        continue;
      }
      Socket server = new Socket();
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 5_000);
      open.add(client);
      open.add(server);
      start(() -> forward(client, server));
      start(() -> forward(server, client));
    }
  }

  private void forward(Socket from, Socket to) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException ended) {
                Thread.currentThread().interrupt(); // a closed connection ends its threads
              }
            },
            "test-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    cut();
  }
}
