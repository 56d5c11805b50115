import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many agents' channels in one JVM, from several loopback addresses. An agent whose channel does
 * not come about tries again as a real agent does: that is counted, and is no error.
 */
final class Agents implements AutoCloseable {
  private static final int ADDRESSES = 8;

  /** Handshakes at once: one JVM stands in for the processors of thousands. */
  private static final int CONNECTING_MAX = 30;

  /** As a real agent: a random part of a bound that doubles, and no longer wait for a welcome. */
  private static final long FIRST_RETRY_MILLIS = 500;

  private static final long LONGEST_RETRY_MILLIS = 30_000;
  private static final long HANDSHAKE_MILLIS = 15_000;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final SslContext tls;
  private final String token;
  private final Semaphore connecting = new Semaphore(CONNECTING_MAX);

  /** The agents that are welcome, by their numbers. */
  private final Map<Integer, Agent> welcome = new ConcurrentHashMap<>();

  /** Why channels ended or did not come about, and how often. */
  private final Map<String, Integer> ends = new ConcurrentHashMap<>();

  private final Map<Integer, Return> returns = new ConcurrentHashMap<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger granted = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile List<InetSocketAddress> collectors;
  private volatile boolean closing;

  /** When channels began to be lost on purpose; 0 before. */
  private volatile long stormNanos;

  /**
   * An agent came back after its collector was killed.
   *
   * @param attempt how many channels it tried, the welcome one included
   */
  record Return(double seconds, int attempt) {}

  Agents(int port, SslContext tls, String token) {
    this(List.of(port), tls, token);
  }

  /** Each agent connects to the next of these ports. */
  Agents(List<Integer> ports, SslContext tls, String token) {
    this.collectors = addresses(ports);
    this.tls = tls;
    this.token = token;
  }

  private static List<InetSocketAddress> addresses(List<Integer> ports) {
    return ports.stream().map(port -> new InetSocketAddress("127.0.0.1", port)).toList();
  }

  /** Connects {@code count} agents, in groups of so many; returns when all are welcome. */
  void connect(int count, int groupOf, int limitSeconds) throws IOException, InterruptedException {
    int came = connect(create(count, groupOf), limitSeconds);
    if (came < count) {
      throw new IOException("only " + came + " of " + count + " agents are welcome; " + ends());
    }
  }

  /** Agents that do not connect yet. */
  List<Agent> create(int count, int groupOf) {
    List<Agent> agents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      agents.add(new Agent(this, i, i / groupOf));
    }
    return agents;
  }

  /**
   * Connects these, some at a time.
   *
   * @return how many are welcome when all are, or at the end of the limit
   */
  int connect(List<Agent> agents, int limitSeconds) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitSeconds);
    for (Agent agent : agents) {
      if (!connecting.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return welcome.size();
      }
      connect(agent, collectors.get(agent.number() % collectors.size()));
    }
    while (welcome.size() < agents.size() && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return welcome.size();
  }

  /** From now on an agent that loses its channel connects to any of these. */
  void reconnectTo(List<Integer> ports) {
    ends.clear();
    collectors = addresses(ports);
    stormNanos = System.nanoTime();
  }

  /** The agents that have come back since. */
  List<Return> returns() {
    return List.copyOf(returns.values());
  }

  int welcomeAgents() {
    return welcome.size();
  }

  /** Why channels have ended or have not come about since the start or the storm, in a sentence. */
  String ends() {
    return ends.isEmpty() ? "no channel was lost" : "channels lost: " + new TreeMap<>(ends);
  }

  /** Whether any channel ended since the start, or since the storm began. */
  boolean hasLost() {
    return !ends.isEmpty();
  }

  /** The agent's channel has ended, or has not come about. */
  void ended(Agent agent, String why) {
    if (closing) {
      return;
    }
    ends.merge(why, 1, Integer::sum);
    welcome.remove(agent.number(), agent);
    int doubled = agent.isWelcome() ? 0 : Math.min(10, agent.attempt());
    long bound = Math.min(LONGEST_RETRY_MILLIS, FIRST_RETRY_MILLIS << doubled);
    long wait = ThreadLocalRandom.current().nextLong(bound) + 1;
    loops
        .next()
        .schedule(
            () -> {
              List<InetSocketAddress> to = collectors;
              connect(agent.again(), to.get(ThreadLocalRandom.current().nextInt(to.size())));
            },
            wait,
            TimeUnit.MILLISECONDS);
  }

  private void connect(Agent agent, InetSocketAddress collector) {
    ChannelFuture unused =
        new Bootstrap()
            .group(loops)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (tls != null) {
                      channel.pipeline().addLast(tls.newHandler(channel.alloc(), "localhost", 443));
                    }
                    channel
                        .pipeline()
                        .addLast(
                            new HttpClientCodec(),
                            new HttpObjectAggregator(8 << 10),
                            new WebSocketClientProtocolHandler(handshake()),
                            agent);
                  }
                })
            .connect(
                collector, new InetSocketAddress("127.0.0." + (2 + agent.number() % ADDRESSES), 0))
            .addListener(
                done -> {
                  if (!done.isSuccess()) {
                    ended(agent, "not connected: " + done.cause().getClass().getSimpleName());
                  }
                });
  }

  private WebSocketClientProtocolConfig handshake() {
    String scheme = tls == null ? "ws" : "wss";
    return WebSocketClientProtocolConfig.newBuilder()
        .webSocketUri(URI.create(scheme + "://localhost/agent/v1/channel"))
        .customHeaders(new DefaultHttpHeaders().set("Authorization", "Bearer " + token))
        .handleCloseFrames(false) // the agent reads the reason
        .handshakeTimeoutMillis(HANDSHAKE_MILLIS)
        .build();
  }

  /** The agent that has sent its hello waits for its welcome as long as a real one. */
  long welcomeMillis() {
    return HANDSHAKE_MILLIS;
  }

  void welcomed(Agent agent) {
    long storm = stormNanos;
    if (storm != 0) {
      returns.put(
          agent.number(), new Return((System.nanoTime() - storm) / 1e9, agent.attempt()));
    }
    welcome.put(agent.number(), agent);
    connecting.release();
  }

  void asked() {
    asked.incrementAndGet();
  }

  void decided(boolean full) {
    (full ? granted : refused).incrementAndGet();
  }

  /** From now on {@code count} captures are awaited. */
  void expect(int count) {
    asked.set(-count);
  }

  /** Returns when all that are expected have come. */
  void awaitAsked(int limitSeconds) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitSeconds);
    while (asked.get() < 0) {
      if (System.nanoTime() > end) {
        throw new IOException(-asked.get() + " agents were not asked; " + ends());
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  /**
   * Has agents of one service raise an alert of the same rule at the same moment.
   *
   * @return how many raised it
   */
  int raise(String rule, int service, int max) {
    granted.set(0);
    refused.set(0);
    List<Agent> raising =
        welcome.values().stream()
            .filter(agent -> agent.number() % Agent.SERVICES == service)
            .limit(max)
            .toList();
    raising.forEach(agent -> agent.raise(rule));
    return raising.size();
  }

  int granted() {
    return granted.get();
  }

  /** The verdicts that have come since the last alerts. */
  int verdicts() {
    return granted.get() + refused.get();
  }

  @Override
  public void close() {
    closing = true;
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
