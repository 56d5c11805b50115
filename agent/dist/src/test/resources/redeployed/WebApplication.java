import com.sun.net.httpserver.HttpServer;
import groovy.lang.GroovyClassLoader;
import groovy.lang.GroovyCodeSource;
import io.netty.channel.DefaultChannelPipeline;
import io.undertow.Undertow;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import org.apache.catalina.core.StandardContext;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.springframework.web.servlet.DispatcherServlet;

/** A web application that does what is watched, and gives all of it back when it is undeployed. */
public final class WebApplication implements Runnable, AutoCloseable {
  private static final ThreadLocal<Note> LOCAL = new ThreadLocal<>();

  private final ExecutorService pool = Executors.newFixedThreadPool(2);
  private final Filter filter = new Filter();
  private final Base driver = new Base();
  private final Worker worker = new Worker();
  private final Object[] servers = {
    new DispatcherServlet(filter),
    new StandardContext(filter),
    new Server(filter),
    new Undertow(filter),
    new DefaultChannelPipeline(filter)
  };
  private HttpServer server;

  /** What streams and threads carry. */
  static final class Note implements Serializable {
    private static final long serialVersionUID = 1L;
    final String text;

    Note(String text) {
      this.text = text;
    }
  }

  /** Called by the server. */
  static final class Filter implements Handler {}

  /** A thread of a class of its own. */
  static final class Worker extends Thread {
    private boolean over;

    @Override
    public synchronized void run() {
      try {
        while (!over) {
          wait();
        }
      } catch (InterruptedException e) {
        return;
      }
    }

    synchronized void end() {
      over = true;
      notifyAll();
    }
  }

  /** A database's driver. */
  static final class Base implements Driver {
    @Override
    public Connection connect(String url, Properties properties) {
      return null;
    }

    @Override
    public boolean acceptsURL(String url) {
      return url.startsWith("jdbc:base:");
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
      return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
      return 1;
    }

    @Override
    public int getMinorVersion() {
      return 0;
    }

    @Override
    public boolean jdbcCompliant() {
      return false;
    }

    @Override
    public Logger getParentLogger() {
      return null;
    }
  }

  @Override
  public void run() {
    try {
      DriverManager.registerDriver(driver);
      worker.start();
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
      server.setExecutor(pool);
      server.createContext(
          "/",
          exchange -> {
            work();
            byte[] answer = "hello".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
          });
      server.start();
      for (int i = 0; i < 3; i++) {
        ask();
      }
      pool.submit(WebApplication::work).get();
      Thread own = new Thread(WebApplication::work);
      own.start();
      own.join();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void ask() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      try (InputStream in = socket.getInputStream()) {
        String answer = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        if (!answer.endsWith("hello")) {
          throw new IllegalStateException(answer);
        }
      }
    }
  }

  /** On threads of the server and on the application's own. */
  private static void work() {
    LOCAL.set(new Note("local"));
    try {
      Path file = Files.createTempFile("redeployed", ".txt");
      Files.writeString(file, "text");
      Files.delete(file);
      if (Boolean.getBoolean("processes")) {
        new ProcessBuilder("/bin/sh", "-c", "true").start().waitFor();
      }
      stream();
      Callable<?> proxy =
          (Callable<?>)
              Proxy.newProxyInstance(
                  WebApplication.class.getClassLoader(),
                  new Class<?>[] {Callable.class},
                  (self, method, arguments) -> "proxied");
      proxy.call();
      new GroovyClassLoader().parseClass(new GroovyCodeSource(), true);
      try {
        new javax.naming.InitialContext().lookup("java:comp/env/nothing");
      } catch (javax.naming.NamingException expected) {
        System.out.flush();
      }
      List.of(1, 2).forEach(one -> new Note("x" + one));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    } finally {
      LOCAL.remove();
    }
  }

  private static void stream() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new Note("streamed"));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())) {
          @Override
          protected Class<?> resolveClass(ObjectStreamClass described)
              throws ClassNotFoundException {
            return Class.forName(
                described.getName(), false, WebApplication.class.getClassLoader());
          }
        }) {
      in.readObject();
    }
  }

  @Override
  public void close() throws Exception {
    server.stop(0);
    pool.shutdown();
    pool.awaitTermination(10, TimeUnit.SECONDS);
    worker.end();
    worker.join();
    DriverManager.deregisterDriver(driver);
  }
}
