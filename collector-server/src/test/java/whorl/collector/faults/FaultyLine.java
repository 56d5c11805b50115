package whorl.collector.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A line to a local port that can be slow, silent, cut or reset, or answer HTTP errors instead of
 * its server. Without a fault it passes everything on.
 */
final class FaultyLine implements AutoCloseable {
  private static final int BUFFER = 16 << 10;
  private static final long STACK = 128 << 10;
  private static final long LOOK_MILLIS = 20;

  /**
   * What is wrong with a line.
   *
   * @param silent it takes connections, and nothing passes
   * @param cut connections end, new ones too
   * @param delayMillis each piece of bytes waits so long
   * @param bytesPerSecond of one connection and direction; 0 for no limit
   * @param status of the answers to some of the connections, such as 503; 0 for none
   */
  record Condition(boolean silent, boolean cut, int delayMillis, int bytesPerSecond, int status) {
    static final Condition SOUND = new Condition(false, false, 0, 0, 0);
    static final Condition SILENT = new Condition(true, false, 0, 0, 0);
    static final Condition CUT = new Condition(false, true, 0, 0, 0);

    static Condition slow(int delayMillis, int bytesPerSecond) {
      return new Condition(false, false, delayMillis, bytesPerSecond, 0);
    }

    static Condition answering(int status) {
      return new Condition(false, false, 0, 0, status);
    }
  }

  private final String name;
  private final int target;
  private final ServerSocket listening;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytesUntilReset = new AtomicLong(Long.MAX_VALUE);
  private final Tally tally;
  private volatile Condition condition = Condition.SOUND;
  private volatile boolean closed;

  FaultyLine(String name, int target, Tally tally) throws IOException {
    this.name = name;
    this.target = target;
    this.tally = tally;
    this.listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    run(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  void set(Condition next) {
    condition = next;
    if (next.cut() || next.status() != 0) {
      closeAll();
    }
  }

  /** Ends a connection with a reset after this many more bytes of requests. */
  void resetAfter(long bytes) {
    bytesUntilReset.set(bytes);
  }

  private void closeAll() {
    open.forEach(FaultyLine::reset);
  }

  private void accept() throws IOException {
    while (!closed) {
      Socket client = listening.accept();
      Condition now = condition;
      if (now.cut()) {
        reset(client);
      } else if (now.status() != 0 && ThreadLocalRandom.current().nextInt(3) > 0) {
        open.add(client);
        run(() -> refuse(client, now.status()));
      } else {
        run(() -> connect(client));
      }
    }
  }

  private void connect(Socket client) throws IOException {
    Socket server = new Socket();
    try {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 5_000);
    } catch (IOException away) {
      reset(client);
      return;
    }
    open.add(client);
    open.add(server);
    run(() -> forward(server, client, false));
    forward(client, server, true);
  }

  private void forward(Socket from, Socket to, boolean requests) throws IOException {
    byte[] buffer = new byte[BUFFER];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        obstruct(read);
        if (requests && bytesUntilReset.get() != Long.MAX_VALUE) {
          long left = bytesUntilReset.addAndGet(-read);
          if (left <= 0 && left > -read) {
            out.write(buffer, 0, Math.max(0, read + (int) left));
            bytesUntilReset.set(Long.MAX_VALUE);
            tally.count("line " + name + ": connection reset in the middle");
            reset(from);
            return;
          }
        }
        out.write(buffer, 0, read);
      }
      to.shutdownOutput();
      if (from.isOutputShutdown() || to.isInputShutdown()) {
        from.close();
        to.close();
      }
    } catch (IOException ended) {
      reset(from);
      reset(to);
    } finally {
      if (from.isClosed() || to.isClosed() || to.isOutputShutdown() && from.isOutputShutdown()) {
        open.remove(from);
        open.remove(to);
        from.close();
        to.close();
      }
    }
  }

  /** Waits as the condition wants it. */
  private void obstruct(int bytes) throws IOException {
    Condition now = condition;
    while (now.silent() && !closed) {
      ServerProcess.pause(LOOK_MILLIS);
      now = condition;
    }
    long millis = now.delayMillis();
    if (now.bytesPerSecond() > 0) {
      millis += 1_000L * bytes / now.bytesPerSecond();
    }
    if (millis > 0) {
      ServerProcess.pause(millis);
    }
    if (closed) {
      throw new IOException("the line is closed");
    }
  }

  /** Answers one request with an error of S3's form. */
  private void refuse(Socket client, int status) throws IOException {
    try (client) {
      client.setSoTimeout(10_000);
      HttpErrors.answer(client, status);
      tally.count("line " + name + ": answered " + status);
    } catch (IOException ended) {
      tally.count("line " + name + ": connection ended before an error");
    } finally {
      open.remove(client);
    }
  }

  private static void reset(Socket socket) {
    try {
      if (!socket.isClosed()) {
        socket.setSoLinger(true, 0);
        socket.close();
      }
    } catch (IOException e) {
      // it is closed all the same
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private void run(Work work) {
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                work.run();
              } catch (IOException ended) {
                if (!closed) {
                  tally.count("line " + name + ": connections that ended with an error");
                }
              }
            },
            "line-" + name,
            STACK);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    listening.close();
    closeAll();
  }
}
