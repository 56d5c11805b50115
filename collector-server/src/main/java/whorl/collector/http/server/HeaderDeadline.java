package whorl.collector.http.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Fires {@link Late} when a request's headers are not complete in time. The time runs from their
 * first byte, for the first request from the connection, however often another byte arrives. Placed
 * before the decoder.
 */
final class HeaderDeadline extends ChannelInboundHandlerAdapter {
  /** The event. {@code silent} is true when no byte arrived. */
  record Late(boolean silent) {}

  private final Duration limit;
  private final boolean encrypted;
  private @Nullable Future<?> timer;
  private boolean awaiting = true;
  private boolean silent = true;

  HeaderDeadline(Duration limit, boolean encrypted) {
    this.limit = limit;
    this.encrypted = encrypted;
  }

  /** The headers are complete; the body has its own limits. */
  void headersArrived() {
    awaiting = false;
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  /** The request has ended; the next byte belongs to another request. */
  void requestEnded() {
    awaiting = true;
    silent = true;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (!encrypted) {
      arm(context);
    }
    context.fireChannelActive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent) {
      arm(context);
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (awaiting) {
      silent = false;
      arm(context);
    }
    context.fireChannelRead(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    headersArrived();
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    headersArrived();
  }

  private void arm(ChannelHandlerContext context) {
    if (awaiting && timer == null) {
      timer =
          context
              .executor()
              .schedule(
                  () -> {
                    context.fireUserEventTriggered(new Late(silent));
                  },
                  limit.toNanos(),
                  TimeUnit.NANOSECONDS);
    }
  }
}
