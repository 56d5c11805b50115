package whorl.agent.ship.channel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Reads no more than so much a second after a first burst: a collector that sends messages without
 * end would otherwise take a processor of the application. What is not read waits at the collector.
 * Runs on the event loop, for one connection.
 */
final class IncomingLimit extends ChannelInboundHandlerAdapter {
  /** A few rule sets, which come at once after the welcome, are below it. */
  static final long BURST_BYTES = 16 << 20;

  static final long BYTES_PER_SECOND = 256 << 10;

  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long BURST_NANOS = BURST_BYTES / BYTES_PER_SECOND * SECOND_NANOS;
  private static final long PAUSE_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final LongSupplier nanos;

  /** When all that was read is due. */
  private long dueNanos;

  private boolean paused;

  /**
   * @param nanos a monotonic clock
   */
  IncomingLimit(LongSupplier nanos) {
    this.nanos = nanos;
    this.dueNanos = nanos.getAsLong() - BURST_NANOS;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes) {
      long now = nanos.getAsLong();
      long earliest = now - BURST_NANOS;
      long begin = dueNanos - earliest > 0 ? dueNanos : earliest;
      dueNanos = begin + bytes.readableBytes() * SECOND_NANOS / BYTES_PER_SECOND;
      if (dueNanos - now > PAUSE_MIN_NANOS && !paused) {
        pause(context, dueNanos - now);
      }
    }
    context.fireChannelRead(message);
  }

  private void pause(ChannelHandlerContext context, long pauseNanos) {
    paused = true;
    context.channel().config().setAutoRead(false);
    context
        .executor()
        .schedule(
            () -> {
              paused = false;
              context.channel().config().setAutoRead(true);
            },
            pauseNanos,
            TimeUnit.NANOSECONDS);
  }
}
