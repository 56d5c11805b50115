package whorl.dist.program;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * What the servers of the tests do when they are asked: each path reads a file of its name, on the
 * thread that the path stands for; and who asks them.
 */
public final class Requested {
  /** Asked for twice over one connection of HTTP/2. */
  private static final String HTTP2 = "/http2";

  /** Asked to open a web socket. */
  private static final String SOCKET = "/socket";

  /** How every answer ends. */
  private static final String END = "-end-";

  private static final String[] EVERYWHERE = {
    "/plain",
    "/search?q=1&password=hunter2&page=2",
    "/fail",
    "/pool",
    "/timed",
    "/fork",
    "/invoked",
    "/tasks",
    "/parallel",
    "/future",
    "/stage",
    "/thread"
  };

  private static final int LIMIT_MILLIS = 20_000;
  private static volatile Path folder;

  private Requested() {}

  /** Its one thread is made during a request, and lives on. */
  private static final class Pools {
    static final ExecutorService ONE = Executors.newFixedThreadPool(1, Requested::daemon);
    static final ScheduledExecutorService TIMED =
        Executors.newScheduledThreadPool(1, Requested::daemon);
    static final ForkJoinPool FORKS = new ForkJoinPool(1);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Serves a path on the current thread.
   *
   * @throws IllegalStateException for {@code /fail}
   */
  public static String serve(String path) {
    String name = path.substring(1);
    try {
      switch (name) {
        case "fail" -> {
          read(name);
          throw new IllegalStateException("as asked");
        }
        case "environ" -> {
          try (InputStream secret = Files.newInputStream(Path.of("/proc/self/environ"))) {
            secret.read();
          }
        }
        case "pool" -> await(Pools.ONE.submit(() -> read(name)));
        case "timed" ->
            await(
                Pools.TIMED.schedule(
                    (Callable<String>) () -> read(name), 5, TimeUnit.MILLISECONDS));
        case "fork" -> await(Pools.FORKS.submit(() -> read(name)));
        case "invoked" -> ForkJoinTask.adapt(() -> read(name)).invoke();
        case "tasks" -> ForkJoinTask.invokeAll(List.of(ForkJoinTask.adapt(() -> read(name))));
        case "parallel" ->
            IntStream.range(0, 8).parallel().filter(i -> i == 5).forEach(i -> read(name));
        case "future" ->
            await(CompletableFuture.supplyAsync(() -> "").thenApplyAsync(none -> read(name)));
        case "stage" -> stage(name);
        case "thread" -> threads(name, daemon(() -> read(name)));
        case "virtual" -> threads(name, virtual(() -> read(name)));
        default -> read(name);
      }
    } catch (IOException
        | ReflectiveOperationException
        | ExecutionException
        | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return END;
  }

  private static void await(Future<?> future) throws ExecutionException, InterruptedException {
    future.get();
  }

  /** A dependent of a future that a thread without the request completes. */
  private static void stage(String name) throws ExecutionException, InterruptedException {
    CompletableFuture<String> future = new CompletableFuture<>();
    CompletableFuture<String> dependent = future.thenApply(none -> read(name));
    Completer.QUEUE.add(future);
    dependent.get();
  }

  /** A thread of before any request. */
  private static final class Completer {
    static final BlockingQueue<CompletableFuture<String>> QUEUE = new LinkedBlockingQueue<>();

    static void start() {
      daemon(
              () -> {
                while (true) {
                  try {
                    QUEUE.take().complete("");
                  } catch (InterruptedException e) {
                    return;
                  }
                }
              })
          .start();
    }
  }

  private static void threads(String name, Thread thread) throws InterruptedException {
    thread.setName(name);
    thread.start();
    thread.join();
  }

  private static Thread virtual(Runnable task) throws ReflectiveOperationException {
    Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
    return (Thread)
        Class.forName("java.lang.Thread$Builder")
            .getMethod("unstarted", Runnable.class)
            .invoke(builder, task);
  }

  /** Reads the file of this name, which need not be there. */
  public static String read(String name) {
    try {
      return Files.readString(folder.resolve(name + ".txt"));
    } catch (IOException none) {
      return "";
    }
  }

  /** Before the server starts. */
  public static void prepare(String work) {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> {
          failure.printStackTrace();
          if (thread.getName().equals("main")) {
            Runtime.getRuntime().halt(1);
          }
        });
    folder = Path.of(work);
    Completer.start();
    read("before");
  }

  /**
   * Asks for all that every server can do, and for these; then reads outside of any request, and
   * asks for what raises an alert; at last, with {@code -Dhidden=true}, as an intruder does. The
   * alert's capture is sealed at the end.
   */
  public static void ask(int port, String... more) throws Exception {
    for (String path : EVERYWHERE) {
      exchange(port, path);
    }
    if (Runtime.version().feature() >= 21) {
      exchange(port, "/virtual");
    }
    for (String path : more) {
      if (path.equals(HTTP2)) {
        exchangeByHttp2(port);
      } else if (path.equals(SOCKET)) {
        exchangeByWebSocket(port);
      } else {
        exchange(port, path);
      }
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(LIMIT_MILLIS);
      for (String path : new String[] {"/first", "/second"}) {
        socket.getOutputStream().write(request(path, "keep-alive"));
        readUntil(socket.getInputStream(), END);
      }
    }
    Pools.ONE.submit(() -> read("outside-pool")).get();
    Pools.TIMED.submit(() -> read("outside-timed")).get();
    Pools.FORKS.submit(() -> read("outside-fork")).get();
    read("outside");
    exchange(port, "/environ");
    Activities.awaitAgent();
    if (Boolean.getBoolean("hidden")) {
      askHidden(port);
    }
    System.exit(0);
  }

  /** What an intruder sends who knows the rules; each with another beginning of the path. */
  private static void askHidden(int port) throws Exception {
    String padding = "A".repeat(2100);
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      many.append("p").append(i).append("=1&");
    }
    String lookup = "${jndi:ldap://127.0.0.1:9/x}";
    String[][] requests = {
      {"/secret?token=%24%7Bjndi:ldap://127.0.0.1:9/x%7D", "asker/1"},
      {"/encoded?x=%24%7b%6a%6e%64%69%3aldap://127.0.0.1:9/x%7d", "asker/1"},
      {"/twice?x=%2524%257Bjndi:ldap://127.0.0.1:9/x%257D", "asker/1"},
      {"/padded?pad=" + padding + "&cmd=whoami", "asker/1"},
      {"/many?" + many + "c%6dd=%77hoami", "asker/1"},
      {"/agent", "A".repeat(600) + lookup},
      {"http://localhost/absolute?cmd=whoami", "asker/1"},
      {"/parameter;jsessionid=1?cmd=whoami", "asker/1"},
    };
    for (String[] request : requests) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(LIMIT_MILLIS);
        String text =
            "GET "
                + request[0]
                + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: "
                + request[1]
                + "\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        readUntil(socket.getInputStream(), null);
      }
    }
  }

  private static void exchange(int port, String path) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(LIMIT_MILLIS);
      socket.getOutputStream().write(request(path, "close"));
      String answer = readUntil(socket.getInputStream(), null);
      if (path.startsWith("/fail") ? answer.contains(" 200 ") : !answer.contains(END)) {
        throw new IllegalStateException(path + " was answered with " + answer);
      }
    }
  }

  /** What the server sends is not masked. */
  private static void exchangeByWebSocket(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(LIMIT_MILLIS);
      String wanted =
          "Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
      socket.getOutputStream().write(request(SOCKET, wanted));
      String answer = readUntil(socket.getInputStream(), END);
      if (!answer.startsWith("HTTP/1.1 101 ") || !answer.contains(END)) {
        throw new IllegalStateException(SOCKET + " was answered with " + answer);
      }
    }
  }

  /** Upgraded to, without TLS. */
  private static void exchangeByHttp2(int port) throws IOException, InterruptedException {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + HTTP2))
                  .header("User-Agent", "asker/1")
                  .header("X-Forwarded-For", "203.0.113.7")
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.version() != HttpClient.Version.HTTP_2 || !answer.body().endsWith(END)) {
        throw new IllegalStateException(HTTP2 + " was answered with " + answer);
      }
    }
  }

  private static byte[] request(String path, String connection) {
    String lines =
        String.join(
            "\r\n",
            "GET " + path + " HTTP/1.1",
            "Host: localhost",
            "User-Agent: asker/1",
            "X-Forwarded-For: 203.0.113.7",
            "Connection: " + connection,
            "",
            "");
    return lines.getBytes(StandardCharsets.US_ASCII);
  }

  private static String readUntil(InputStream in, String end) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] some = new byte[1024];
    int count;
    while ((count = in.read(some)) >= 0) {
      all.write(some, 0, count);
      if (end != null && all.toString(StandardCharsets.US_ASCII).contains(end)) {
        break;
      }
    }
    return all.toString(StandardCharsets.US_ASCII);
  }
}
