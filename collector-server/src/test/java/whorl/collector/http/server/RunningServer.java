package whorl.collector.http.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.collector.config.TlsFiles;
import whorl.collector.http.auth.LocalLoginLimit;
import whorl.collector.http.auth.LocalSessions;
import whorl.collector.http.auth.LoginLimit;
import whorl.collector.http.auth.SessionRoutes;
import whorl.collector.http.auth.Sessions;
import whorl.collector.http.auth.Tokens;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.store.outage.Outage;

/** A server on a free loopback port, with routes for tests. */
final class RunningServer implements AutoCloseable {
  static final String AGENT = "agent-token-0123456789";
  static final String ALERT = "alert-token-0123456789";
  static final String VIEWER = "viewer-token-0123456789";
  static final String RESPONDER = "responder-token-0123456789";

  static final int SMALL_BYTES = 1000;
  static final long BIG_BYTES = 200L << 20;

  /** The size of a response in memory, more than a socket buffers. */
  static final int LARGE_BYTES = 8 << 20;

  /** The size of a sparse file, beyond 32 bits. */
  static final long HUGE_BYTES = 5L << 30;

  static final String ADMIN = "admin-token-0123456789";

  final Metrics metrics = new Metrics();
  final AtomicLong nanos = new AtomicLong();
  final AtomicLong streamedBytes = new AtomicLong();
  final CountDownLatch release = new CountDownLatch(1);
  final HttpServer server;

  RunningServer(Path folder, EdgeLimits limits, ChannelEndpoint channel) throws IOException {
    this(folder, limits, channel, null);
  }

  RunningServer(Path folder, EdgeLimits limits, ChannelEndpoint channel, @Nullable TlsFiles tls)
      throws IOException {
    this(folder, limits, channel, tls, null, null);
  }

  /** A collector whose sessions and failed logins are kept elsewhere. */
  RunningServer(Path folder, Sessions sessions, LoginLimit logins) throws IOException {
    this(folder, EdgeLimits.STANDARD, noChannel(), null, sessions, logins);
  }

  private RunningServer(
      Path folder,
      EdgeLimits limits,
      ChannelEndpoint channel,
      @Nullable TlsFiles tls,
      @Nullable Sessions keptSessions,
      @Nullable LoginLimit keptLogins)
      throws IOException {
    Path tokens = folder.resolve("tokens");
    Files.writeString(
        tokens,
        "agent %s\nalert %s\nviewer %s\nresponder %s\nadmin %s\n"
            .formatted(AGENT, ALERT, VIEWER, RESPONDER, ADMIN));
    Tokens known = Tokens.read(tokens);
    Sessions sessions =
        keptSessions == null ? new LocalSessions(nanos::get, new SecureRandom()) : keptSessions;
    LoginLimit logins = keptLogins == null ? new LocalLoginLimit(nanos::get) : keptLogins;
    Path file = folder.resolve("file");
    Files.write(file, pattern(300_000));
    Path huge = folder.resolve("huge");
    try (RandomAccessFile sparse = new RandomAccessFile(huge.toFile(), "rw")) {
      sparse.seek(HUGE_BYTES - 3);
      sparse.write(new byte[] {'e', 'n', 'd'});
    }
    List<Route> all = new ArrayList<>(routes(file, huge));
    all.addAll(new SessionRoutes(known, sessions, logins, tls != null).routes());
    server =
        HttpServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            tls,
            new HttpServer.Served(all, channel, known, sessions),
            limits,
            metrics);
  }

  /** Returns limits with short deadlines, for tests that miss them. */
  static EdgeLimits shortDeadlines() {
    return shortDeadlines(Duration.ofMillis(400));
  }

  static EdgeLimits shortDeadlines(Duration bodyIdle) {
    EdgeLimits.Times times =
        new EdgeLimits.Times(
            Duration.ofMillis(400),
            Duration.ofMillis(1500),
            bodyIdle,
            Duration.ofMillis(300),
            4096,
            Duration.ofMillis(800),
            Duration.ofSeconds(2));
    return new EdgeLimits(EdgeLimits.Sizes.STANDARD, times, EdgeLimits.Threads.STANDARD);
  }

  /** Returns the usual limits, but for the number of connections. */
  static EdgeLimits maxConnections(int connections) {
    return new EdgeLimits(
        new EdgeLimits.Sizes(connections, 8192, 8192, 8192, 8192, 8192, 1 << 20),
        EdgeLimits.Times.STANDARD,
        EdgeLimits.Threads.STANDARD);
  }

  /** Returns the usual limits, but for the memory of connections that wait for their clients. */
  static EdgeLimits maxHeld(long bytes) {
    EdgeLimits.Sizes usual = EdgeLimits.Sizes.STANDARD;
    EdgeLimits.Sizes sizes =
        new EdgeLimits.Sizes(
            usual.maxConnections(),
            usual.maxRequestLineBytes(),
            usual.maxHeaderBytes(),
            usual.maxMessageBytes(),
            usual.maxQueuedBytes(),
            usual.maxWaitingBytes(),
            bytes);
    return new EdgeLimits(sizes, EdgeLimits.Times.STANDARD, EdgeLimits.Threads.STANDARD);
  }

  static byte[] pattern(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31 + i / 251);
    }
    return bytes;
  }

  private List<Route> routes(Path file, Path huge) {
    return List.of(
        Route.open("GET", "/", request -> text("root")),
        Route.of("PATCH", "/agent/v1/uploads/{id}", Role.AGENT, request -> text("patched")),
        Route.open("GET", "/open", request -> text("open")),
        Route.open(
            "GET", "/open/{name}", request -> text("named " + request.pathParameter("name"))),
        Route.open("GET", "/open/literal", request -> text("literal")),
        Route.open("GET", "/rest/{a}/{b...}", RunningServer::rest),
        Route.open("GET", "/query", request -> text(request.query("q") + request.query("token"))),
        Route.open("GET", "/boom", RunningServer::boom),
        Route.open("GET", "/away", RunningServer::away),
        Route.open("GET", "/split", request -> text("x").with("X-Name", "a\r\nSet-Cookie: b")),
        Route.of("GET", "/view", Role.VIEWER, request -> text(name(request))),
        Route.of("GET", "/agent/open-to-viewers", Role.VIEWER, request -> text(name(request))),
        Route.of("GET", "/view/wait", Role.VIEWER, this::await),
        Route.of("GET", "/act", Role.RESPONDER, request -> text(name(request))),
        new Route("POST", "/hook", Role.ALERT, true, SMALL_BYTES, r -> text(name(r) + body(r))),
        new Route("POST", "/login", null, false, SMALL_BYTES, r -> text(body(r))),
        new Route("POST", "/small", Role.VIEWER, false, SMALL_BYTES, r -> text(body(r))),
        new Route("PATCH", "/upload", Role.AGENT, false, BIG_BYTES, r -> text("" + count(r))),
        new Route("PATCH", "/unread", Role.AGENT, false, BIG_BYTES, RunningServer::full),
        Route.of("OPTIONS", "/own", Role.AGENT, request -> text("own options")),
        Route.of("HEAD", "/own", Role.AGENT, request -> Response.empty(200).with("X-Own", "1")),
        Route.open(
            "GET",
            "/large",
            request -> new Response(200, Map.of(), new Response.Body.Bytes(new byte[LARGE_BYTES]))),
        Route.open("GET", "/stream", request -> stream(BIG_BYTES)),
        Route.open("GET", "/stream/small", request -> stream(100_000)),
        Route.open("GET", "/stream/broken", request -> broken()),
        Route.open("GET", "/stream/refused", RunningServer::refusedStream),
        Route.open(
            "GET",
            "/file",
            request ->
                new Response(200, Map.of(), new Response.Body.FileSlice(file, 1000, 250_000))),
        Route.open(
            "GET",
            "/file/huge",
            request ->
                new Response(
                    200,
                    Map.of(),
                    new Response.Body.FileSlice(huge, HUGE_BYTES - 100_000, 100_000))));
  }

  static Response text(String text) {
    return new Response(
        200,
        Map.of("Content-Type", "text/plain"),
        new Response.Body.Bytes(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static Response rest(Request request) {
    return text(request.pathParameter("a") + "|" + request.pathParameter("b"));
  }

  private static final class Away extends IOException implements Outage {
    @Override
    public String unusable() {
      return "the database";
    }
  }

  private static Response away(Request request) throws IOException {
    throw new IOException("a secret cause", new Away());
  }

  private static Response boom(Request request) {
    throw new IllegalStateException("the secret cause");
  }

  private static Response full(Request request) {
    throw new ProblemException(507, "disk full", "free some");
  }

  private Response await(Request request) throws IOException {
    try {
      release.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return text("released");
  }

  private static String name(Request request) {
    Principal principal = request.principal();
    return principal == null ? "nobody" : principal.name();
  }

  private static String body(Request request) throws IOException {
    return new String(request.body().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static long count(Request request) throws IOException {
    byte[] buffer = new byte[8192];
    long total = 0;
    for (int n = request.body().read(buffer); n >= 0; n = request.body().read(buffer)) {
      total += n;
    }
    return total;
  }

  private Response stream(long bytes) {
    return new Response(
        200,
        Map.of(),
        new Response.Body.Streamed(
            out -> {
              byte[] piece = new byte[10_000];
              for (long sent = 0; sent < bytes; sent += piece.length) {
                out.write(piece);
                streamedBytes.addAndGet(piece.length);
              }
            }));
  }

  private static Response broken() {
    return new Response(
        200,
        Map.of(),
        new Response.Body.Streamed(
            out -> {
              out.write(new byte[200_000]);
              throw new IllegalStateException("in the middle");
            }));
  }

  private static Response refusedStream(Request request) {
    return new Response(
        200,
        Map.of(),
        new Response.Body.Streamed(
            out -> {
              throw new ProblemException(409, "not now", "later");
            }));
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }

  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Sends these bytes and returns everything until the server closes. */
  String raw(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return readAll(socket);
    }
  }

  static String readAll(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    in.transferTo(all);
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  /** Sends one request without a body on its own connection. */
  String request(String method, String target, String... headers) throws IOException {
    StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: x\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return raw(request + "Connection: close\r\n\r\n");
  }

  static String bearer(String token) {
    return "Authorization: Bearer " + token;
  }

  @Override
  public void close() {
    release.countDown();
    server.close();
  }

  /** Returns an endpoint for servers whose channel is not tested. */
  static ChannelEndpoint noChannel() {
    return (peer, principal) -> {
      throw new IllegalStateException("not asked for");
    };
  }
}
