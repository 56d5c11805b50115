package whorl.agent.ship.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The only event loop and its thread. Netty is first used in the agent when this class is. Settings
 * that Netty would read from system properties, which belong to the application, are given here:
 * one thread from our factory, unpooled buffers on the heap.
 */
public final class Network {
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

  private final EventLoop loop;
  private volatile @Nullable Thread thread;

  private Network(ThreadFactory threads) {
    ThreadFactory named = task -> named(threads.newThread(task));
    // A single loop, not a group: the shutdown of a group starts a thread of Netty's own.
    loop =
        new SingleThreadIoEventLoop(null, named, PersistentIo.factory(NioIoHandler.newFactory()));
  }

  /** The thread starts with the first connection. */
  public static Network start(ThreadFactory threads) {
    return new Network(threads);
  }

  public EventLoop loop() {
    return loop;
  }

  /** Connects, with TLS if {@code tls} is given; {@code handlers} come after TLS. */
  public ChannelFuture connect(
      CollectorUrl url,
      @Nullable SslContext tls,
      Duration handshake,
      Consumer<ChannelPipeline> handlers) {
    return new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.ALLOCATOR, new UnpooledByteBufAllocator(false, true))
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                if (tls != null) {
                  SslHandler handler = tls.newHandler(channel.alloc(), url.host(), url.port());
                  handler.setHandshakeTimeoutMillis(handshake.toMillis());
                  channel.pipeline().addLast(handler);
                }
                handlers.accept(channel.pipeline());
              }
            })
        .connect(url.host(), url.port());
  }

  /** True if its thread runs tasks. */
  public boolean isRunning() {
    Thread started = thread;
    return !loop.isShuttingDown() && (started == null || started.isAlive());
  }

  /** Ends the loop without waiting. */
  public void abandon() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /**
   * Ends the loop and its thread; open connections are closed.
   *
   * @param limit how long to wait; zero does not wait
   */
  public void close(Duration limit) throws InterruptedException {
    loop.shutdownGracefully(0, limit.toMillis(), TimeUnit.MILLISECONDS);
    Thread started = thread;
    long end = System.nanoTime() + limit.toNanos();
    // Not joined: any code could hold the lock that this needs, for ever.
    while (started != null && started.isAlive() && System.nanoTime() - end < 0) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private Thread named(Thread thread) {
    thread.setName("whorl-net");
    thread.setDaemon(true);
    this.thread = thread;
    return thread;
  }
}
