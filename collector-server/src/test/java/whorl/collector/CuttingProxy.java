package whorl.collector;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A proxy to a local port that can break the connection or corrupt its bytes. */
final class CuttingProxy implements AutoCloseable {
  private final ServerSocket listening;
  private final int to;
  private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
  private final AtomicLong sound = new AtomicLong(Long.MAX_VALUE);
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  private CuttingProxy(ServerSocket listening, int to) {
    this.listening = listening;
    this.to = to;
  }

  static CuttingProxy start(int to) throws IOException {
    ServerSocket listening = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    CuttingProxy proxy = new CuttingProxy(listening, to);
    thread(proxy::accept);
    return proxy;
  }

  String url() {
    return "http://127.0.0.1:" + listening.getLocalPort();
  }

  /** Breaks the connection after this many more bytes from the client. */
  void cutAfter(long bytes) {
    left.set(bytes);
  }

  /** Flips one bit after this many more bytes from the client. */
  void spoilAfter(long bytes) {
    sound.set(bytes);
  }

  boolean hasSpoiled() {
    return sound.get() == Long.MAX_VALUE;
  }

  boolean hasCut() {
    return left.get() == Long.MAX_VALUE;
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), to);
        open.add(client);
        open.add(server);
        thread(() -> forward(client, server));
        thread(() -> back(server, client));
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  private void forward(Socket client, Socket server) {
    byte[] buffer = new byte[8 << 10];
    try (client;
        server) {
      InputStream in = client.getInputStream();
      OutputStream out = server.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (left.get() != Long.MAX_VALUE && left.addAndGet(-read) <= 0) {
          left.set(Long.MAX_VALUE);
          return;
        }
        if (sound.get() != Long.MAX_VALUE && sound.addAndGet(-read) <= 0) {
          sound.set(Long.MAX_VALUE);
          buffer[read / 2] ^= 1;
        }
        out.write(buffer, 0, read);
      }
    } catch (IOException closed) {
      // like a broken connection
    }
  }

  private static void back(Socket server, Socket client) {
    try (client;
        server) {
      server.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException closed) {
      // like a broken connection
    }
  }

  private static void thread(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
  }
}
