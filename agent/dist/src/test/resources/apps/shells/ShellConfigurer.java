import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import reactor.netty.ChannelPipelineConfigurer;
import reactor.netty.ConnectionObserver;

/** Puts itself into each new connection. */
@Sharable
public class ShellConfigurer extends ChannelInboundHandlerAdapter
    implements ChannelPipelineConfigurer {
  @Override
  public void onChannelInit(ConnectionObserver observer, Channel channel, SocketAddress address) {
    channel.pipeline().addFirst("shell-configured", this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes
        && bytes.toString(StandardCharsets.ISO_8859_1).startsWith("GET /shell-configured ")) {
      ReferenceCountUtil.release(message);
      context.writeAndFlush(
          Unpooled.copiedBuffer(
              "HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\nshell of configurer",
              StandardCharsets.ISO_8859_1));
    } else {
      context.fireChannelRead(message);
    }
  }
}
