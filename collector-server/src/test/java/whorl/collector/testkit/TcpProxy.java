package whorl.collector.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;

/**
 * A network that can be cut, and that can swallow everything: forwards connections on 127.0.0.1 to
 * a server.
 */
public final class TcpProxy implements AutoCloseable {
  private final int target;
  private final ServerSocket listening;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Break> nextBreak = new AtomicReference<>();
  private volatile boolean cut;
  private volatile boolean swallowing;

  /**
   * @param bytes of a client, in one piece, that break their connection
   * @param arrive true if the server gets these bytes, and only its answer is lost
   */
  private record Break(byte[] bytes, boolean arrive) {}

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

  /** Ends new connections at once; those that are open go on. */
  public void refuseNew() {
    cut = true;
  }

  public void repair() {
    cut = false;
    swallowing = false;
  }

  /** Takes bytes, keeps connections open and accepts new ones, and passes nothing on. */
  public void swallow() {
    swallowing = true;
  }

  /**
   * Breaks the next connection whose client sends this.
   *
   * @param arrive true if the server gets it, and only its answer is lost
   */
  public void breakAt(String text, boolean arrive) {
    nextBreak.set(new Break(text.getBytes(StandardCharsets.US_ASCII), arrive));
  }

  public boolean hasBroken() {
    return nextBreak.get() == null;
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
      start(() -> forward(client, server, true));
      start(() -> forward(server, client, false));
    }
  }

  private void forward(Socket from, Socket to, boolean ofClient) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[16 << 10];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        if (swallowing) {
          continue; // also the bytes of connections that are open when the network is repaired
        }
        Break breaking = nextBreak.get();
        if (ofClient
            && breaking != null
            && contains(buffer, count, breaking.bytes())
            && nextBreak.compareAndSet(breaking, null)) {
          if (breaking.arrive()) {
            from.close(); // the answer is lost: who forwards it finds that out, and closes both
            out.write(buffer, 0, count);
            out.flush();
            Awaitility.await().until(to::isClosed);
          }
          return;
        }
        out.write(buffer, 0, count);
      }
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private static boolean contains(byte[] buffer, int count, byte[] bytes) {
    for (int at = 0; at + bytes.length <= count; at++) {
      if (Arrays.equals(buffer, at, at + bytes.length, bytes, 0, bytes.length)) {
        return true;
      }
    }
    return false;
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
