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
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Many agents' channels in one JVM, from several loopback addresses. */
final class Agents implements AutoCloseable {
  private static final int ADDRESSES = 8;

  /** Handshakes at once, so that none waits for the server longer than it is patient. */
  private static final int CONNECTING_MAX = 30;

  private static final int LIMIT_SECONDS = 120;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  /** As a real agent: a random part of a bound that doubles. */
  private static final long FIRST_RETRY_MILLIS = 500;

  private static final long LONGEST_RETRY_MILLIS = 30_000;

  private final List<InetSocketAddress> collectors;
  private final SslContext tls;
  private final String token;
  private final List<Channel> channels = new ArrayList<>();
  private final Semaphore connecting = new Semaphore(CONNECTING_MAX);
  private final AtomicInteger welcomed = new AtomicInteger();
  private final AtomicInteger asked = new AtomicInteger();
  private volatile String lost;
  private volatile boolean closing;
  private volatile List<InetSocketAddress> reconnecting;

  Agents(int port, SslContext tls, String token) {
    this(List.of(port), tls, token);
  }

  /** Each agent connects to the next of these ports. */
  Agents(List<Integer> ports, SslContext tls, String token) {
    this.collectors = ports.stream().map(port -> new InetSocketAddress("127.0.0.1", port)).toList();
    this.tls = tls;
    this.token = token;
  }

  /** Connects {@code count} agents, in groups of so many; returns when all are welcome. */
  void connect(int count, int groupOf) throws IOException, InterruptedException {
    connect(create(count, groupOf));
  }

  /** Agents that do not connect yet. */
  List<Agent> create(int count, int groupOf) {
    List<Agent> agents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      agents.add(new Agent(this, i, i / groupOf));
    }
    return agents;
  }

  /** Connects these; returns when all are welcome. */
  void connect(List<Agent> agents) throws IOException, InterruptedException {
    for (int i = 0; i < agents.size(); i++) {
      connecting.acquire();
      ChannelFuture connected =
          connect(
              agents.get(i),
              collectors.get(i % collectors.size()),
              2 + i % ADDRESSES);
      channels.add(connected.channel());
      connected.addListener(
          done -> {
            if (!done.isSuccess()) {
              lost(String.valueOf(done.cause()));
            }
          });
    }
    await(welcomed, agents.size());
  }

  /**
   * From now on an agent that loses its channel connects to one of these, as a balancer chooses.
   */
  void reconnectTo(List<Integer> ports) {
    welcomed.set(0);
    reconnecting = ports.stream().map(port -> new InetSocketAddress("127.0.0.1", port)).toList();
  }

  /** Waits until so many have connected again. */
  void awaitReconnected(int count) throws IOException, InterruptedException {
    await(welcomed, count);
  }

  int reconnected() {
    return welcomed.get();
  }

  /** The agent's channel has ended. */
  void ended(Agent agent, String why) {
    List<InetSocketAddress> to = reconnecting;
    if (to == null || closing) {
      lost(why);
      return;
    }
    long bound = Math.min(LONGEST_RETRY_MILLIS, FIRST_RETRY_MILLIS << Math.min(10, agent.tries()));
    long wait = ThreadLocalRandom.current().nextLong(bound) + 1;
    loops
        .next()
        .schedule(
            () -> {
              Agent again = agent.again();
              InetSocketAddress one = to.get(ThreadLocalRandom.current().nextInt(to.size()));
              connect(again, one, 2 + agent.number() % ADDRESSES)
                  .addListener(
                      done -> {
                        if (!done.isSuccess()) {
                          ended(again, String.valueOf(done.cause()));
                        }
                      });
            },
            wait,
            TimeUnit.MILLISECONDS);
  }

  private ChannelFuture connect(Agent agent, InetSocketAddress collector, int address) {
    return new Bootstrap()
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
        .connect(collector, new InetSocketAddress("127.0.0." + address, 0));
  }

  private WebSocketClientProtocolConfig handshake() {
    String scheme = tls == null ? "ws" : "wss";
    return WebSocketClientProtocolConfig.newBuilder()
        .webSocketUri(URI.create(scheme + "://localhost/agent/v1/channel"))
        .customHeaders(new DefaultHttpHeaders().set("Authorization", "Bearer " + token))
        .handleCloseFrames(false) // the agent reads the reason
        .handshakeTimeoutMillis(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS))
        .build();
  }

  void welcomed() {
    welcomed.incrementAndGet();
    connecting.release();
  }

  void asked() {
    if (asked.incrementAndGet() >= 0) {
      synchronized (asked) {
        asked.notifyAll();
      }
    }
  }

  void lost(String why) {
    if (!closing) {
      lost = why;
    }
  }

  /** From now on {@code count} captures are awaited. */
  void expect(int count) {
    asked.set(-count);
  }

  /** Returns when all that are expected have come. */
  void awaitAsked() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    synchronized (asked) {
      while (asked.get() < 0 && System.nanoTime() < end) {
        asked.wait(1000);
      }
    }
    if (asked.get() < 0) {
      throw new IOException(-asked.get() + " agents were not asked; " + lost);
    }
  }

  /** Throws when a channel was lost since the start. */
  void check() throws IOException {
    String why = lost;
    if (why != null) {
      throw new IOException("a channel was lost when " + welcomed + " were welcome: " + why);
    }
  }

  private void await(AtomicInteger counter, int wanted) throws IOException, InterruptedException {
    for (int i = 0; i < LIMIT_SECONDS * 100 && counter.get() < wanted; i++) {
      check();
      TimeUnit.MILLISECONDS.sleep(10);
    }
    if (counter.get() < wanted) {
      throw new IOException("only " + counter + " of " + wanted + " agents are welcome");
    }
  }

  @Override
  public void close() {
    closing = true;
    channels.forEach(Channel::close);
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
