package whorl.agent.ship.channel;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import whorl.agent.config.MemoryBudget;

/**
 * Closes a connection whose other end does not read: what is written waits in the application's
 * heap, and a collector that sends pings or hunts and reads nothing would fill it. Runs on the
 * event loop, for one connection.
 */
final class BacklogLimit extends ChannelOutboundHandlerAdapter {
  private static final long OTHERS_BYTES = 2 << 20;

  private final long maxBytes;

  /** Leaves room for all alerts, and for all links of the chain, at the same time. */
  BacklogLimit() {
    this(
        4L * MemoryBudget.OF_THIS_JVM.alertBytes()
            + 2L * MemoryBudget.OF_THIS_JVM.sentBytes()
            + OTHERS_BYTES);
  }

  /**
   * @param maxBytes that may wait for the other end
   */
  BacklogLimit(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (context.channel().bytesBeforeWritable() <= maxBytes) {
      context.write(message, promise);
      return;
    }
    ReferenceCountUtil.release(message);
    IOException full =
        new IOException("the collector reads nothing: " + (maxBytes >> 10) + " KiB wait for it");
    promise.tryFailure(full);
    if (context.channel().isOpen()) {
      context.fireExceptionCaught(full);
      context.close();
    }
  }
}
