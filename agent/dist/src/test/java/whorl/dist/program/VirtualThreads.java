package whorl.dist.program;

import com.sun.net.httpserver.HttpServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * One request on a virtual thread starts thousands of them, which park, are pinned, hand on to
 * pools and end; prints how many did.
 */
public final class VirtualThreads {
  private static final int THREADS = 5_000;
  private static final int LIMIT_SECONDS = 90;

  private VirtualThreads() {}

  public static void main(String[] arguments) throws Exception {
    ExecutorService virtual =
        (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    ExecutorService pool = Executors.newFixedThreadPool(2);
    AtomicInteger done = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(virtual);
    server.createContext(
        "/",
        exchange -> {
          CountDownLatch latch = new CountDownLatch(THREADS);
          for (int i = 0; i < THREADS; i++) {
            int number = i;
            virtual.execute(() -> work(number, pool, done, latch));
          }
          boolean all;
          try {
            all = latch.await(LIMIT_SECONDS, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            all = false;
          }
          byte[] answer = String.valueOf(all).getBytes(StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    try (Socket socket =
        new Socket(server.getAddress().getAddress(), server.getAddress().getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      try (InputStream in = socket.getInputStream()) {
        in.readAllBytes();
      }
    }
    System.out.println(done.get());
    Runtime.getRuntime().halt(0);
  }

  private static void work(
      int number, ExecutorService pool, AtomicInteger done, CountDownLatch latch) {
    try {
      for (int i = 0; i < 5; i++) {
        if (number % 3 == 0) {
          synchronized (new Object()) {
            LockSupport.parkNanos(1_000);
          }
        } else {
          Thread.yield();
          LockSupport.parkNanos(1_000);
        }
      }
      pool.submit(done::incrementAndGet).get();
      ForkJoinPool.commonPool().submit(() -> number).get();
    } catch (Exception e) {
      e.printStackTrace();
    } finally {
      latch.countDown();
    }
  }
}
