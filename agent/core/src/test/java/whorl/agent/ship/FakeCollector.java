package whorl.agent.ship;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import whorl.evidence.ChainHead;
import whorl.evidence.Digest;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;

/** The collector's side of the protocol, in memory, with injected faults. */
public final class FakeCollector implements AutoCloseable {
  public static final String TOKEN = "token-of-the-agent";
  private static final int KEPT_MAX_BYTES = 4 << 20;

  /** The content of a collector's disk; it survives a restart. */
  public static final class Disk {
    public final Map<String, Upload> uploads = new ConcurrentHashMap<>();
    final Set<String> sealed = ConcurrentHashMap.newKeySet();
    public final List<String> completed = new CopyOnWriteArrayList<>();
    final AtomicLong ids = new AtomicLong();

    public Upload upload(Object evidence, String artifact) {
      Upload upload = uploads.get(evidence + "/" + artifact);
      if (upload == null) {
        throw new AssertionError("no upload of " + artifact + " in " + uploads.keySet());
      }
      return upload;
    }
  }

  public static final class Upload {
    public final String id;
    public final boolean deferred;
    public volatile long length;
    public final Map<String, String> metadata;
    final MessageDigest sha256 = Digest.newSha256();
    final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    public volatile long offset;

    Upload(String id, long length, Map<String, String> metadata) {
      this.id = id;
      this.length = length;
      this.deferred = length < 0;
      this.metadata = metadata;
    }

    public Digest digest() throws CloneNotSupportedException {
      return Digest.of((MessageDigest) sha256.clone());
    }
  }

  /** An answer instead of the regular one. */
  public record Refusal(int status, Map<String, String> headers, String title) {
    public static Refusal of(int status, String title) {
      return new Refusal(status, Map.of(), title);
    }
  }

  public final Disk disk;
  final List<AgentMessage> messages = new CopyOnWriteArrayList<>();
  public final List<String> requests = new CopyOnWriteArrayList<>();
  final AtomicLong connections = new AtomicLong();

  /** Called before each upload request; a result is sent instead of the regular answer. */
  public volatile Function<FullHttpRequest, @Nullable Refusal> refuse = request -> null;

  /** Connections break once after so many incoming bytes; 0 for never. */
  public final AtomicLong breakAfterBytes = new AtomicLong();

  /** True if the collector stays dead after that. */
  volatile boolean diesWhenItBreaks;

  private volatile boolean dead;

  /** The answer to a message, in addition to the welcome. */
  volatile Function<AgentMessage, @Nullable CollectorMessage> reply = message -> null;

  volatile int heartbeatSeconds = 1;
  volatile int selfTestSeconds;
  volatile boolean alertJournals = true;
  volatile boolean welcomes = true;

  /** The last link of the agent's chain; null for a collector that does not check chains. */
  volatile @Nullable ChainHead received;

  /** True if messages that are links get lost, although the connection lives. */
  volatile boolean losesLinks;

  /** The messages that were links, as they came. */
  final List<String> links = new CopyOnWriteArrayList<>();

  /** The challenge before the welcome; null for none. */
  volatile @Nullable String challenge;

  /**
   * The reason with which each channel is closed after its first message; null if it is not closed.
   */
  volatile @Nullable String closesWith;

  public volatile boolean answers = true;
  public volatile boolean losesAfterPatch;

  /** The delay of the answer to a request. */
  public volatile ToLongFunction<FullHttpRequest> delayMillis = request -> 0;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final ChannelGroup sockets = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Channel server;
  private final String basePath;
  private final boolean tls;

  private FakeCollector(int port, Disk disk, String basePath, @Nullable SslContext tls)
      throws InterruptedException {
    this.disk = disk;
    this.basePath = basePath;
    this.tls = tls != null;
    server =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    connections.incrementAndGet();
                    open.add(channel);
                    if (tls != null) {
                      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                    }
                    channel
                        .pipeline()
                        .addLast(new Breaker())
                        .addLast(new HttpServerCodec())
                        .addLast(new HttpObjectAggregator(40 << 20))
                        .addLast(new Gate())
                        .addLast(
                            new WebSocketServerProtocolHandler(
                                basePath + "/agent/v1/channel", null, false, 1 << 20))
                        .addLast(new Messages())
                        .addLast(new Uploads());
                  }
                })
            .bind("127.0.0.1", port)
            .sync()
            .channel();
  }

  public static FakeCollector start() throws InterruptedException {
    return new FakeCollector(0, new Disk(), "", null);
  }

  public static FakeCollector start(int port, Disk disk) throws InterruptedException {
    return new FakeCollector(port, disk, "", null);
  }

  public static FakeCollector start(String basePath, @Nullable SslContext tls)
      throws InterruptedException {
    return new FakeCollector(0, new Disk(), basePath, tls);
  }

  int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  public URI url() {
    return URI.create((tls ? "https://localhost:" : "http://127.0.0.1:") + port() + basePath);
  }

  /** Sends to every open channel. */
  void send(CollectorMessage message) {
    sockets.writeAndFlush(new TextWebSocketFrame(Json.text(message)));
  }

  void sendText(String text) {
    sockets.writeAndFlush(new TextWebSocketFrame(text));
  }

  /** Breaks every connection. */
  void breakAll() {
    open.close().awaitUninterruptibly();
  }

  <M extends AgentMessage> List<M> messages(Class<M> type) {
    return messages.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** Ends like a killed process: connections break without a goodbye. */
  @Override
  public void close() {
    server.close().awaitUninterruptibly();
    open.close().awaitUninterruptibly();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private final class Breaker extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      int bytes = ((ByteBuf) message).readableBytes();
      long left = breakAfterBytes.get();
      if (left > 0) {
        breakAfterBytes.set(Math.max(0, left - bytes));
        if (left <= bytes) {
          dead = diesWhenItBreaks;
          ReferenceCountUtil.release(message);
          context.close();
          return;
        }
      }
      if (dead) {
        ReferenceCountUtil.release(message);
        context.close();
        return;
      }
      context.fireChannelRead(message);
    }
  }

  private final class Gate extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof FullHttpRequest request) {
        requests.add(request.method() + " " + request.uri());
        if (!("Bearer " + TOKEN).equals(request.headers().get("Authorization"))) {
          ReferenceCountUtil.release(message);
          context.writeAndFlush(problem(401, "who are you", Map.of()));
          return;
        }
      }
      context.fireChannelRead(message);
    }
  }

  private final class Messages extends SimpleChannelInboundHandler<WebSocketFrame> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame)
        throws Exception {
      if (frame instanceof TextWebSocketFrame text) {
        AgentMessage message = Json.MAPPER.readValue(text.text(), AgentMessage.class);
        if (message.chain() != null && losesLinks) {
          return;
        }
        if (message.chain() != null) {
          links.add(text.text());
          received =
              ChainHead.after(
                  message.chain().sequence(), text.text().getBytes(StandardCharsets.UTF_8));
        }
        messages.add(message);
        sockets.add(context.channel());
        if (closesWith != null) {
          context.writeAndFlush(new CloseWebSocketFrame(1008, closesWith));
        } else if (message instanceof AgentMessage.Hello && challenge != null) {
          send(new CollectorMessage.Challenge(challenge));
        } else if (welcomes
            && (message instanceof AgentMessage.Hello || message instanceof AgentMessage.Proof)) {
          send(
              new CollectorMessage.Welcome(
                  heartbeatSeconds, Instant.now(), selfTestSeconds, alertJournals, received));
        }
        CollectorMessage answer = reply.apply(message);
        if (answer != null) {
          send(answer);
        }
      }
    }
  }

  private final class Uploads extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request)
        throws Exception {
      Refusal refusal = refuse.apply(request);
      long delay = delayMillis.applyAsLong(request);
      FullHttpResponse response;
      if (refusal != null) {
        response = problem(refusal.status(), refusal.title(), refusal.headers());
      } else if (request.method().equals(HttpMethod.POST)) {
        response = create(request);
      } else if (request.method().equals(HttpMethod.HEAD)) {
        response = head(request);
      } else if (request.method().equals(HttpMethod.DELETE)) {
        response = delete(request);
      } else {
        response = patch(request);
        if (losesAfterPatch) {
          losesAfterPatch = false;
          context.close();
          return;
        }
      }
      if (answers && delay > 0) {
        context
            .executor()
            .schedule(() -> context.writeAndFlush(response), delay, TimeUnit.MILLISECONDS);
      } else if (answers) {
        context.writeAndFlush(response);
      }
    }

    private FullHttpResponse create(FullHttpRequest request) throws Exception {
      Map<String, String> metadata = new LinkedHashMap<>();
      for (String pair : request.headers().get("Upload-Metadata").split(",")) {
        String[] parts = pair.split(" ");
        byte[] value = Base64.getDecoder().decode(parts[1]);
        metadata.put(parts[0], new String(value, StandardCharsets.UTF_8));
      }
      String evidence = metadata.get("evidence");
      if (disk.sealed.contains(evidence)) {
        return problem(409, "already sealed", Map.of());
      }
      String key = evidence + "/" + metadata.get("artifact");
      long length =
          "1".equals(request.headers().get("Upload-Defer-Length"))
              ? -1
              : Long.parseLong(request.headers().get("Upload-Length"));
      boolean there = disk.uploads.containsKey(key);
      Upload upload =
          disk.uploads.computeIfAbsent(
              key, k -> new Upload("u" + disk.ids.incrementAndGet(), length, metadata));
      if (!there && request.content().isReadable()) {
        FullHttpResponse patched = append(upload, request);
        if (patched.status().code() != 204) {
          return patched;
        }
      }
      FullHttpResponse response = answer(there ? 200 : 201);
      response.headers().set("Location", basePath + "/agent/v1/uploads/" + upload.id);
      response.headers().set("Upload-Offset", upload.offset);
      return response;
    }

    private FullHttpResponse head(FullHttpRequest request) {
      Upload upload = find(request);
      if (upload == null) {
        return answer(404);
      }
      FullHttpResponse response = answer(200);
      response.headers().set("Upload-Offset", upload.offset);
      if (upload.length >= 0) {
        response.headers().set("Upload-Length", upload.length);
      }
      return response;
    }

    private FullHttpResponse delete(FullHttpRequest request) {
      Upload upload = find(request);
      if (upload == null) {
        return problem(404, "no such upload", Map.of());
      }
      if (upload.offset == upload.length) {
        return problem(403, "arrived already", Map.of());
      }
      disk.uploads.values().remove(upload);
      return answer(204);
    }

    private FullHttpResponse patch(FullHttpRequest request) throws Exception {
      Upload upload = find(request);
      if (upload == null) {
        return problem(404, "no such upload", Map.of());
      }
      if (Long.parseLong(request.headers().get("Upload-Offset")) != upload.offset) {
        return problem(409, "wrong offset", Map.of());
      }
      return append(upload, request);
    }

    private FullHttpResponse append(Upload upload, FullHttpRequest request) throws Exception {
      byte[] bytes = ByteBufUtil.getBytes(request.content());
      String sum = "sha256 " + Base64.getEncoder().encodeToString(Digest.of(bytes).bytes());
      String checksum = request.headers().get("Upload-Checksum");
      boolean needed = !upload.deferred && upload.offset == 0 && bytes.length <= 1 << 20;
      if (checksum == null ? needed : !checksum.equals(sum)) {
        return problem(460, "checksum mismatch", Map.of());
      }
      upload.sha256.update(bytes);
      if (upload.kept.size() + bytes.length <= KEPT_MAX_BYTES) {
        upload.kept.write(bytes);
      }
      upload.offset += bytes.length;
      if (request.headers().contains("Upload-Length")) {
        upload.length = Long.parseLong(request.headers().get("Upload-Length"));
      }
      if (upload.offset == upload.length) {
        String artifact = upload.metadata.get("artifact");
        if (artifact.equals("manifest.dsse.json")) {
          List<String> missing = missing(upload.metadata.get("evidence"));
          if (!missing.isEmpty()) {
            return problem(409, "artifacts are missing: " + missing, Map.of());
          }
          disk.sealed.add(upload.metadata.get("evidence"));
        }
        disk.completed.add(artifact);
      }
      FullHttpResponse response = answer(204);
      response.headers().set("Upload-Offset", upload.offset);
      return response;
    }

    /** The tests' manifests are plain lists of names. */
    private List<String> missing(String evidence) {
      Upload manifest = disk.uploads.get(evidence + "/manifest.json");
      List<String> missing = new ArrayList<>();
      if (manifest == null) {
        return List.of("manifest.json");
      }
      for (String name : manifest.kept.toString(StandardCharsets.UTF_8).split("\n")) {
        Upload upload = disk.uploads.get(evidence + "/" + name);
        if (!name.isEmpty() && (upload == null || upload.offset != upload.length)) {
          missing.add(name);
        }
      }
      return missing;
    }

    private @Nullable Upload find(FullHttpRequest request) {
      String prefix = basePath + "/agent/v1/uploads/";
      String id = request.uri().substring(prefix.length());
      return disk.uploads.values().stream().filter(u -> u.id.equals(id)).findFirst().orElse(null);
    }
  }

  private static FullHttpResponse answer(int status) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
    response.headers().set("Tus-Resumable", "1.0.0");
    response.headers().set("Content-Length", 0);
    return response;
  }

  private static FullHttpResponse problem(int status, String title, Map<String, String> headers) {
    byte[] body = Json.bytes(Map.of("status", status, "title", title));
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body));
    response.headers().set("Content-Type", "application/problem+json");
    response.headers().set("Content-Length", body.length);
    headers.forEach(response.headers()::set);
    return response;
  }
}
