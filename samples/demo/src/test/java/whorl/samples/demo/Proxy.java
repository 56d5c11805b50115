package whorl.samples.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A proxy to the collector, on loopback, that can become slow, stall or break, at an exact byte of
 * what the agent sends.
 */
final class Proxy implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int CONNECTIONS_MAX = 256;
  private static final int CONNECT_MILLIS = 5_000;

  /** What happens once so many bytes have gone up. */
  enum Fault {
    NONE,
    /** Nothing moves any more, in either direction; connections stay, and new ones are taken. */
    STALL,
    /** All connections are closed, and new ones are refused. */
    CUT
  }

  private final InetSocketAddress target;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private ServerSocket server;
  private boolean closed;
  private boolean stalled;
  private boolean cut;
  private long upBytes;
  private long faultAtBytes = Long.MAX_VALUE;
  private Fault fault = Fault.NONE;
  private @Nullable Runnable alarm;
  private long bytesPerSecond = Long.MAX_VALUE;
  private long paceBytes;
  private long paceSinceNanos;
  private volatile long firedNanos;

  /**
   * @param targetPort the collector's, on loopback
   */
  Proxy(int targetPort) {
    this.target = new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort);
    this.server = listen(0);
    this.port = server.getLocalPort();
    accept(server);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** From now on, both ways together. */
  void throttle(long bytesPerSecond) {
    lock.lock();
    try {
      this.bytesPerSecond = bytesPerSecond;
      this.paceBytes = 0;
      this.paceSinceNanos = System.nanoTime();
    } finally {
      lock.unlock();
    }
  }

  /**
   * After so many more bytes upwards, and not one more.
   *
   * @param alarm is run at that moment, before another byte goes on
   */
  void breakAfter(long moreUpBytes, Fault fault, @Nullable Runnable alarm) {
    lock.lock();
    try {
      this.faultAtBytes = upBytes + moreUpBytes;
      this.fault = fault;
      this.alarm = alarm;
      this.firedNanos = 0;
    } finally {
      lock.unlock();
    }
  }

  /** When the fault came, as {@link System#nanoTime}; 0 when it has not. */
  long firedNanos() {
    return firedNanos;
  }

  long upBytes() {
    lock.lock();
    try {
      return upBytes;
    } finally {
      lock.unlock();
    }
  }

  /** All is well again. Connections that stood still are closed. */
  void heal() {
    lock.lock();
    try {
      faultAtBytes = Long.MAX_VALUE;
      fault = Fault.NONE;
      alarm = null;
      cut = false;
      if (stalled) {
        stalled = false;
        closeAll();
      }
      changed.signalAll();
      if (server.isClosed() && !closed) {
        server = listen(port);
        accept(server);
      }
    } finally {
      lock.unlock();
    }
  }

  private static ServerSocket listen(int port) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CONNECT_MILLIS);
    while (true) {
      try {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 64);
        return server;
      } catch (BindException stillTaken) {
        // The one before is closed, and gone only once its accept has returned.
        if (System.nanoTime() > end) {
          throw new UncheckedIOException("no proxy on port " + port, stillTaken);
        }
        Thread.onSpinWait();
      } catch (IOException e) {
        throw new UncheckedIOException("no proxy on port " + port, e);
      }
    }
  }

  private void accept(ServerSocket from) {
    start("proxy-accepts", () -> acceptAll(from));
  }

  private void acceptAll(ServerSocket from) {
    while (true) {
      try {
        Socket client = from.accept();
        if (sockets.size() >= CONNECTIONS_MAX) {
          client.close();
          continue;
        }
        sockets.add(client);
        start("proxy-connects", () -> connect(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void connect(Socket client) {
    Socket upstream = new Socket();
    try {
      awaitFlow();
      upstream.connect(target, CONNECT_MILLIS);
      sockets.add(upstream);
      start("proxy-down", () -> pump(upstream, client, false));
    } catch (IOException e) {
      drop(client);
      drop(upstream);
      return;
    }
    pump(client, upstream, true);
  }

  private void pump(Socket from, Socket to, boolean up) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        int sent = 0;
        while (sent < n) {
          int now = up ? admitted(n - sent) : n - sent;
          awaitFlow();
          out.write(buffer, sent, now);
          sent += now;
          pace(now);
        }
      }
      to.shutdownOutput();
    } catch (IOException broken) {
      drop(from);
      drop(to);
    }
  }

  /** How many of these may pass; less than all where the fault lies within, which comes then. */
  private int admitted(int wanted) throws IOException {
    lock.lock();
    try {
      long left = faultAtBytes - upBytes;
      if (left > 0) {
        int now = (int) Math.min(wanted, left);
        upBytes += now;
        return now;
      }
      faultAtBytes = Long.MAX_VALUE;
      Runnable due = alarm;
      if (due != null) {
        due.run();
      }
      firedNanos = System.nanoTime();
      switch (fault) {
        case NONE -> {}
        case STALL -> stalled = true;
        case CUT -> {
          cut = true;
          server.close();
          closeAll();
          throw new IOException("cut");
        }
      }
      upBytes += wanted;
      return wanted;
    } finally {
      lock.unlock();
    }
  }

  private void awaitFlow() throws IOException {
    lock.lock();
    try {
      while (stalled && !closed) {
        changed.awaitUninterruptibly();
      }
      if (closed || cut) {
        throw new IOException(closed ? "the proxy is closed" : "cut");
      }
    } finally {
      lock.unlock();
    }
  }

  private void pace(int bytes) throws IOException {
    long waitNanos;
    lock.lock();
    try {
      if (bytesPerSecond == Long.MAX_VALUE) {
        return;
      }
      paceBytes += bytes;
      double dueNanos = paceBytes * 1e9 / bytesPerSecond;
      waitNanos = (long) dueNanos - (System.nanoTime() - paceSinceNanos);
    } finally {
      lock.unlock();
    }
    try {
      if (waitNanos > 0) {
        TimeUnit.NANOSECONDS.sleep(Math.min(waitNanos, 5_000_000_000L));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void closeAll() {
    sockets.forEach(this::drop);
  }

  private void drop(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException gone) {
      // It is closed all the same.
    }
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      server.close();
      closeAll();
      changed.signalAll();
    } catch (IOException e) {
      throw new UncheckedIOException("the proxy does not close", e);
    } finally {
      lock.unlock();
    }
  }
}
