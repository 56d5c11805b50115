package com.example.canary;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/**
 * Puts secrets in all places where a program may have some. They come in a file of lines {@code
 * place TAB text}; those in arguments, properties, variables and the class path are there from the
 * start. It then waits for {@code GET /end}, and ends by an exception with secrets in it.
 */
public final class Canary {
  private static final int ALERT_EVERY = 40;
  private static int planted;
  private static final List<Thread> threads = new ArrayList<>();
  private static final CountDownLatch end = new CountDownLatch(1);

  private Canary() {}

  /** What the secrets of {@code exception} are thrown with. */
  static final class Spilled extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Spilled(String message) {
      super(message);
    }
  }

  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    int port = Integer.parseInt(arguments[1]);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/", Canary::handle);
    server.start();
    StringBuilder spilled = new StringBuilder();
    for (String line : Files.readAllLines(file)) {
      int tab = line.indexOf('\t');
      String text = line.substring(tab + 1);
      if (line.startsWith("exception")) {
        spilled.append(text).append(" | ");
      } else {
        plant(line.substring(0, tab), text, port);
      }
    }
    System.out.println("planted");
    end.await();
    // Its thread would keep the JVM alive.
    server.stop(0);
    throw new Spilled(spilled.toString());
  }

  private static void plant(String place, String text, int port) {
    switch (place) {
      case "console" -> System.out.println(text);
      case "error" -> System.err.println(text);
      case "command" -> start(text);
      case "jndi" -> lookup(text);
      case "loader" -> loader(text);
      case "file" -> open(text);
      case "thread" -> thread(text);
      case "query" -> request(port, target() + "?" + text, "x");
      case "path" -> request(port, target() + "/" + text, "x");
      case "header" -> request(port, target(), text);
      case "caught" -> caught(text);
      default -> {
        // It is there already.
      }
    }
  }

  /** Makes some requests that a rule matches; each alert contains the request. */
  private static String target() {
    return planted++ % ALERT_EVERY == 0 ? "/command" : "/plain";
  }

  private static void start(String text) {
    try {
      List<String> words = new ArrayList<>(List.of("/bin/true"));
      words.addAll(planted++ % 2 == 0 ? List.of(text) : List.of(text.split(" ")));
      new ProcessBuilder(words).start();
    } catch (IOException | IllegalArgumentException notStarted) {
      System.out.println("not started");
    }
  }

  private static void lookup(String text) {
    try {
      new InitialContext(new Hashtable<>()).lookup("ldap://127.0.0.1:1/" + text);
    } catch (NamingException noSuchServer) {
      // It was looked up.
    }
  }

  private static void loader(String text) {
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {new URL("http://127.0.0.1:1/x.jar?" + text)})) {
      loader.loadClass("com.example.None");
    } catch (ClassNotFoundException | MalformedURLException none) {
      // It was made.
    } catch (IOException e) {
      System.out.println("not closed");
    }
  }

  private static void open(String text) {
    try {
      Files.exists(Path.of("/tmp/canary", text));
      Files.newInputStream(Path.of("/tmp/canary", text)).close();
    } catch (IOException | InvalidPathException none) {
      // It was tried.
    }
  }

  private static void thread(String name) {
    Thread thread =
        new Thread(
            () -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    threads.add(thread);
  }

  private static void caught(String text) {
    try {
      throw new Error(text);
    } catch (Error e) {
      // The recording has errors with their messages.
    }
  }

  private static void request(int port, String target, String agent) {
    String request =
        "GET "
            + target.replace(" ", "%20").replace("\"", "%22")
            + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: "
            + agent
            + "\r\nX-Forwarded-For: "
            + agent
            + "\r\nConnection: close\r\n\r\n";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      socket.getInputStream().readAllBytes();
    } catch (IOException e) {
      System.out.println("no answer");
    }
  }

  private static void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.startsWith("/command")) {
      // A rule fires.
      new ProcessBuilder("/bin/sh", "-c", "true").start();
    } else if (path.equals("/memory")) {
      fill();
    }
    byte[] answer = "done".getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, answer.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(answer);
    }
    exchange.close();
    if (path.equals("/end")) {
      end.countDown();
    }
  }

  private static void fill() {
    try {
      List<long[]> all = new ArrayList<>();
      while (true) {
        all.add(new long[8 << 20]);
      }
    } catch (OutOfMemoryError full) {
      System.out.println("memory was full");
    }
  }
}
